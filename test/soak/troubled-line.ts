import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { RtspItems } from './rtsp-items.ts';

/** Of an interleaved frame (RFC 2326 §10.12). */
const FRAME_HEADER = 4;
/** RFC 3550 §6.4.1; it is the first of its compound packet. */
const SENDER_REPORT = 200;

/** The line between a gateway and a camera, which can be made to fail as lines and cameras do. */
export class TroubledLine {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Port of the camera that connections lead to from now on. */
  #target: number;
  #refusesUntilMs = 0;
  /** One packet in so many is left out; 0 for none. */
  #loseOneIn = 0;
  #packets = 0;
  /** Added to every time that the camera tells: one whose clock was set. */
  #clockOffset90k = 0;
  connections = 0;
  lost = 0;
  /** Sender reports whose wall clock was another than the camera's own. */
  wrongReports = 0;

  private constructor(server: Server, target: number) {
    this.#server = server;
    this.#target = target;
    server.on('connection', (near) => this.#join(near));
  }

  static async open(target: number): Promise<TroubledLine> {
    const server = createServer({ noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TroubledLine(server, target);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Every connection ends; the next leads to the camera again. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** The camera is off for so long. */
  off(forMs: number): void {
    this.#refusesUntilMs = performance.now() + forMs;
    this.cut();
  }

  /** The camera is set up anew, with pictures of another size. */
  lead(target: number): void {
    this.#target = target;
    this.cut();
  }

  loseOneIn(packets: number): void {
    this.#loseOneIn = packets;
  }

  /** The camera's clock is set to another time: that of its pictures, and the wall clock in its reports. */
  setClock(offset90k: number): void {
    this.#clockOffset90k = offset90k;
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(near: Socket): void {
    if (performance.now() < this.#refusesUntilMs) {
      near.destroy();
      return;
    }
    this.connections += 1;
    const far = connect({ port: this.#target, host: '127.0.0.1', noDelay: true });
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far);
    const items = new RtspItems();
    far.on('data', (chunk) => {
      for (const item of items.push(chunk)) this.#pass(item, near);
    });
  }

  /** RTP is on the even channels, RTCP on the odd ones (RFC 2326 §10.12). */
  #pass({ channel, bytes }: { channel: number | undefined; bytes: Buffer }, near: Socket): void {
    if (channel !== undefined && channel % 2 === 0) {
      this.#packets += 1;
      if (this.#loseOneIn > 0 && this.#packets % this.#loseOneIn === 0) {
        this.lost += 1;
        return;
      }
      this.#shift(bytes, FRAME_HEADER + 4);
    } else if (channel !== undefined && bytes[FRAME_HEADER + 1] === SENDER_REPORT) {
      this.#report(bytes);
    }
    near.write(bytes);
  }

  /** An RTP timestamp (RFC 3550 §5.1). */
  #shift(bytes: Buffer, at: number): void {
    bytes.writeUInt32BE((bytes.readUInt32BE(at) + this.#clockOffset90k) >>> 0, at);
  }

  /** Its NTP time, 32.32 bits, is at byte 8, and the RTP timestamp of the same moment follows. */
  #report(bytes: Buffer): void {
    if (this.#clockOffset90k !== 0) this.wrongReports += 1;
    const at = FRAME_HEADER + 8;
    const offset = (BigInt(this.#clockOffset90k) << 32n) / 90_000n;
    bytes.writeBigUInt64BE(BigInt.asUintN(64, bytes.readBigUInt64BE(at) + offset), at);
    this.#shift(bytes, at + 8);
  }
}
