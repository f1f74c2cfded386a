/**
 * Whose datagrams are the camera's. Anybody can send to a port of ours, and two cameras that were left as they
 * came from the factory share a multicast group and its ports: nobody may see the one in place of the other.
 */
import type { Clock } from '../../core/clock.ts';

/** Asked for every datagram, with the address it came from in its plain form. */
export interface Senders {
  ofRtp(address: string): boolean;
  ofRtcp(address: string): boolean;
}

/** These addresses and no other. */
export function onlyFrom(addresses: readonly string[]): Senders {
  const known = new Set(addresses.map(plainAddress));
  const isKnown = (address: string) => known.has(address);
  return { ofRtp: isKnown, ofRtcp: isKnown };
}

export interface GroupSenderOptions {
  /** Where the camera answers RTSP. */
  camera: string;
  clock: Clock;
  /** The camera stays silent, and another address is taken for it. */
  onOther(address: string): void;
}

/** Less than the silence after which another transport is tried. */
const CAMERA_SILENT_MS = 1_000;

/**
 * The sender of a group whose source nobody announced: the camera's RTSP address. Cameras with several networks
 * send from another; when the RTSP address has sent nothing for a while after PLAY, the next that is heard is
 * taken for the camera, and no third; should the RTSP address send after all, it alone is heard.
 */
export class GroupSender implements Senders {
  readonly #options: GroupSenderOptions;
  readonly #camera: string;
  #sender: string | undefined;
  #playingSinceMs: number | undefined;

  constructor(options: GroupSenderOptions) {
    this.#options = options;
    this.#camera = plainAddress(options.camera);
  }

  /** The camera has agreed to PLAY. */
  playing(): void {
    this.#playingSinceMs ??= this.#options.clock.nowMs();
  }

  ofRtp(address: string): boolean {
    if (address === this.#camera) this.#sender = address;
    else if (this.#sender === undefined && this.#isCameraSilent()) {
      this.#sender = address;
      this.#options.onOther(address);
    }
    return address === this.#sender;
  }

  ofRtcp(address: string): boolean {
    return address === (this.#sender ?? this.#camera);
  }

  #isCameraSilent(): boolean {
    const { clock } = this.#options;
    return clock.nowMs() - (this.#playingSinceMs ?? Infinity) >= CAMERA_SILENT_MS;
  }
}

/** Without what IPv6 adds to an IPv4 address, and without the zone. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:/i, '').replace(/%.*$/, '');
}
