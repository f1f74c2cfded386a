import type { CodedPicture } from '../../src/video/h264/annex-b-splitter.ts';
import { rtspResponse } from '../../src/video/rtsp/message.ts';
import { encodeClip, picturesOf } from '../video/fmp4/clip.ts';
import {
  type Answer,
  OBEDIENT,
  type PeerConnection,
  ScriptedRtspPeer,
} from './scripted-rtsp-peer.ts';

const EVERY_MS = 100;
const GROUP = 10;

export interface LoopedOptions {
  /** Of the next picture; asked ten times a second. */
  readonly timestamp90k?: () => number;
  /** Of sessions that play at a time; one more is refused with 453 (RFC 2326 §7.1.1). */
  readonly mostSessions?: number;
}

/** A scripted camera that sends ten pictures a second, one group over and over, to everybody who plays. */
export class LoopedPeer {
  readonly peer: ScriptedRtspPeer;
  readonly #sessions: Sessions;
  readonly #pictures: readonly CodedPicture[];
  readonly #timestamp90k: () => number;
  readonly #timer: NodeJS.Timeout;

  private constructor(
    peer: ScriptedRtspPeer,
    sessions: Sessions,
    pictures: readonly CodedPicture[],
    timestamp90k: () => number,
  ) {
    this.peer = peer;
    this.#sessions = sessions;
    this.#pictures = pictures;
    this.#timestamp90k = timestamp90k;
    this.#timer = setInterval(() => this.#send(), EVERY_MS);
  }

  static async start({
    timestamp90k = () => Math.round(performance.now() * 90),
    mostSessions = Number.POSITIVE_INFINITY,
  }: LoopedOptions = {}): Promise<LoopedPeer> {
    const clip = await encodeClip({ frames: GROUP, gop: GROUP, size: '320x180' });
    const sessions = new Sessions(mostSessions);
    const peer = await ScriptedRtspPeer.start(sessions.answers);
    return new LoopedPeer(peer, sessions, picturesOf(clip), timestamp90k);
  }

  /** How many sessions were refused. */
  get refused(): number {
    return this.#sessions.refused;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.peer.stop();
  }

  #send(): void {
    const timestamp90k = this.#timestamp90k();
    for (const [connection, number] of this.#sessions.nextPictures()) {
      const { nalUnits = [] } = this.#pictures[number % GROUP] ?? {};
      connection.picture(
        timestamp90k,
        nalUnits.map((nal) => Buffer.from(nal)),
      );
    }
  }
}

/** Who plays, and how many pictures each was sent: everybody begins with a key frame. */
class Sessions {
  readonly #most: number;
  readonly #sent = new Map<PeerConnection, number>();
  refused = 0;

  constructor(most: number) {
    this.#most = most;
  }

  readonly answers: Record<string, Answer> = {
    SETUP: (request, connection) => {
      const playing = [...this.#sent.keys()].filter(({ closed }) => !closed);
      if (playing.length < this.#most) return OBEDIENT['SETUP']?.(request, connection);
      this.refused += 1;
      return rtspResponse(453);
    },
    PLAY: (request, connection) => {
      this.#sent.set(connection, 0);
      return OBEDIENT['PLAY']?.(request, connection);
    },
    TEARDOWN: (request, connection) => {
      this.#sent.delete(connection);
      return OBEDIENT['TEARDOWN']?.(request, connection);
    },
  };

  *nextPictures(): Iterable<[PeerConnection, number]> {
    for (const [connection, number] of this.#sent) {
      if (connection.closed) this.#sent.delete(connection);
      else {
        this.#sent.set(connection, number + 1);
        yield [connection, number];
      }
    }
  }
}
