import { WebSocket } from 'ws';
import type { ServerMessage } from '../../src/server/protocol.ts';
import type { ApiCaller } from '../support/api-caller.ts';

/** `tfdt` of a fragment of ours: the version at byte 56 is 1, the time (64) is at 60 of the payload. */
const DECODE_TIME_AT = 16 + 60;

/** Watches one camera for a long time and notes what a person would. */
export class SoakViewer {
  readonly camera: string;
  readonly #socket: WebSocket;
  pictures = 0;
  backwards = 0;
  /** `640x360`. */
  readonly sizes = new Set<string>();
  /** Why nothing more will come. */
  end: string | undefined;
  #decodeTime = 0n;

  private constructor(camera: string, socket: WebSocket) {
    this.camera = camera;
    this.#socket = socket;
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) this.#media(data);
      else this.#hear(JSON.parse(data.toString('utf8')));
    });
    socket.on('close', (code) => {
      this.end ??= `socket closed with ${code}`;
    });
    socket.on('error', () => undefined);
  }

  static watch(caller: ApiCaller, camera: string): Promise<SoakViewer> {
    const { headers } = caller;
    const socket = new WebSocket(caller.socketUrl, 'liveview.v1', { headers: { ...headers } });
    const viewer = new SoakViewer(camera, socket);
    const say = (message: object) => socket.send(JSON.stringify(message));
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.once('open', () => {
        say({ type: 'hello', protocol: 1, codecs: ['avc1.640028'], formats: ['fmp4'] });
        say({ type: 'watch', channel: 0, camera, quality: 'main' });
        resolve(viewer);
      });
    });
  }

  close(): void {
    this.#socket.close();
  }

  #media(data: Buffer): void {
    if (data[0] !== 2) return;
    this.pictures += 1;
    const decodeTime = data.readBigUInt64BE(DECODE_TIME_AT);
    if (decodeTime < this.#decodeTime) this.backwards += 1;
    this.#decodeTime = decodeTime;
  }

  #hear(message: ServerMessage): void {
    if (message.type === 'watching') this.sizes.add(`${message.width}x${message.height}`);
    if (message.type === 'ended') this.end ??= `ended: ${message.code}`;
    if (message.type === 'error') this.end ??= `error: ${message.code}`;
  }
}
