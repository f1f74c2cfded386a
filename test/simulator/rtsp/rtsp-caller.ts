import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { authorization, type Challenge, chooseChallenge } from '../../../src/core/http-auth.ts';
import { Secret } from '../../../src/core/secret.ts';
import { RtspFramer } from '../../../src/video/rtsp/framing.ts';
import {
  type RtspResponse,
  rtspRequest,
  serializeRequest,
} from '../../../src/video/rtsp/message.ts';

/** Speaks RTSP with a server, request by request; a client that does exactly what a test says. */
export class RtspCaller {
  readonly socket: Socket;
  readonly frames: { channel: number; payload: Buffer }[] = [];
  readonly #replies: RtspResponse[] = [];
  readonly #base: string;
  #challenge: Challenge | undefined;
  #signed = 0;
  #cseq = 0;
  #arrived: () => void = () => undefined;

  private constructor(socket: Socket, port: number) {
    this.socket = socket;
    this.#base = `rtsp://127.0.0.1:${port}`;
    const framer = new RtspFramer({
      message: (message) => {
        if (message.kind === 'response') this.#replies.push(message);
        this.#arrived();
      },
      interleaved: (channel, payload) => this.frames.push({ channel, payload }),
    });
    socket.on('data', (chunk) => framer.push(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => this.#arrived());
  }

  static async connect(port: number): Promise<RtspCaller> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new RtspCaller(socket, port);
  }

  /** Gets the challenge that later requests are signed with. */
  async logIn(password = 'test', prefer: 'SHA-256' | 'MD5' = 'SHA-256'): Promise<this> {
    const reply = await this.send('DESCRIBE', '/');
    const offers = reply.headers.all('WWW-Authenticate');
    this.#challenge = chooseChallenge(offers.filter((offer) => offer.includes(`=${prefer}`)));
    this.#password = password;
    return this;
  }

  #password = 'test';

  /** @throws when the connection closes before the reply. */
  async send(
    method: string,
    path: string,
    headers: Record<string, string> = {},
  ): Promise<RtspResponse> {
    const uri = `${this.#base}${path}`;
    this.#cseq += 1;
    this.#signed += 1;
    const signature = this.#challenge && {
      Authorization: authorization({
        challenge: this.#challenge,
        credentials: { username: 'liveview', password: new Secret(this.#password) },
        method,
        uri,
        nonceCount: this.#signed,
        cnonce: 'abcd',
      }),
    };
    const all = { CSeq: String(this.#cseq), ...signature, ...headers };
    this.socket.write(serializeRequest(rtspRequest(method, uri, all)));
    const reply = await this.#reply();
    if (reply.headers.get('CSeq') !== String(this.#cseq)) throw new Error('CSeq is not echoed');
    return reply;
  }

  async setUp(path: string, transport = 'RTP/AVP/TCP;unicast;interleaved=0-1'): Promise<string> {
    const reply = await this.send('SETUP', `${path}/trackID=0`, { Transport: transport });
    if (reply.status !== 200) throw new Error(`SETUP: ${reply.status}`);
    return reply.headers.get('Session')?.split(';')[0] ?? '';
  }

  async #reply(): Promise<RtspResponse> {
    for (;;) {
      const reply = this.#replies.shift();
      if (reply) return reply;
      if (this.socket.destroyed) throw new Error('the connection is closed');
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
  }
}
