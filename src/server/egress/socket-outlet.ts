import type { Duplex } from 'node:stream';
import type { Egress, Flow } from '../../egress/egress.ts';
import type { FlowAbout } from '../../egress/record.ts';
import { FrameReader } from './frame-reader.ts';
import type { Told } from './outlets.ts';

/** Where one WebSocket is counted. */
export interface Outlet {
  /** What is on a channel from now on; 0 where there are no channels. */
  begin(channel: number, told: Told): void;
  /** Nothing more of it. */
  end(channel: number): void;
}

export const NO_OUTLET: Outlet = { begin: () => undefined, end: () => undefined };

export interface SocketOutletOptions {
  readonly egress: Egress;
  readonly socket: Duplex;
  readonly about: Pick<FlowAbout, 'side' | 'via' | 'address'>;
  readonly headerLength: number;
}

/** The channel in the header that is drawn in protocol.ts. */
const CHANNEL_AT = 2;

/** Counts the media in the frames that are handed to a socket, whoever hands them over. */
export class SocketOutlet implements Outlet {
  readonly #options: SocketOutletOptions;
  readonly #flows = new Map<number, Flow>();

  constructor(options: SocketOutletOptions) {
    this.#options = options;
    const { socket, headerLength } = options;
    const hasChannels = headerLength >= CHANNEL_AT + 2;
    const reader = new FrameReader({
      headerLength,
      onMedia: (bytes, chunk, headerAt) =>
        this.#media(bytes, hasChannels && headerAt >= 0 ? channelAt(chunk, headerAt) : 0),
    });
    // Between whoever sends and the socket: `ws` and `Link` both write here, and nowhere else.
    const write = socket.write.bind(socket) as (...all: unknown[]) => boolean;
    socket.write = ((chunk: Uint8Array | string, encoding?: unknown, done?: unknown) => {
      reader.take(chunk);
      return write(chunk, encoding, done);
    }) as typeof socket.write;
    socket.once('close', () => this.#closed());
  }

  begin(channel: number, told: Told): void {
    const { egress, about } = this.#options;
    this.end(channel);
    this.#flows.set(channel, egress.open({ ...about, ...told }));
  }

  end(channel: number): void {
    this.#flows.get(channel)?.end();
    this.#flows.delete(channel);
  }

  #media(bytes: number, channel: number): void {
    (this.#flows.get(channel) ?? this.#stray(channel)).add(bytes);
  }

  /** Of what is on this channel nobody has said anything. */
  #stray(channel: number): Flow {
    const { egress, about } = this.#options;
    const flow = egress.open({ ...about, channel });
    this.#flows.set(channel, flow);
    return flow;
  }

  #closed(): void {
    for (const channel of [...this.#flows.keys()]) this.end(channel);
  }
}

/** Where messages have no header, or one that is cut short, there is no other channel than 0. */
function channelAt(chunk: Uint8Array, headerAt: number): number {
  const at = headerAt + CHANNEL_AT;
  return ((chunk[at] ?? 0) << 8) | (chunk[at + 1] ?? 0);
}
