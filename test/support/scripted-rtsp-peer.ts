/**
 * An RTSP server that does what a test tells it, on a real socket: how a device is made that
 * answers wrongly, sends garbage or forgets its session.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';
import { packetizeH264 } from '../../src/video/rtp/h264-packetizer.ts';
import { serializeRtp } from '../../src/video/rtp/packet.ts';
import { RtspFramer } from '../../src/video/rtsp/framing.ts';
import {
  type RtspRequest,
  type RtspResponse,
  rtspResponse,
  serializeResponse,
} from '../../src/video/rtsp/message.ts';

/** What to answer; undefined leaves the client waiting. */
export type Answer = (request: RtspRequest, peer: PeerConnection) => RtspResponse | undefined;

export const SPS = Buffer.from('6742c01eda', 'hex');
export const PPS = Buffer.from('68ce3c80', 'hex');
export const IDR = Buffer.concat([Buffer.from('6588', 'hex'), Buffer.alloc(2_000, 0x55)]);
export const SLICE = Buffer.concat([Buffer.from('419a', 'hex'), Buffer.alloc(500, 0x77)]);

export const SDP = [
  'v=0',
  'm=video 0 RTP/AVP 96',
  'a=rtpmap:96 H264/90000',
  `a=fmtp:96 packetization-mode=1;sprop-parameter-sets=${SPS.toString('base64')},${PPS.toString('base64')}`,
  'a=control:trackID=1',
  '',
].join('\r\n');

/** A camera that behaves: SDP, one session, the transport that was asked for. */
export const OBEDIENT: Record<string, Answer> = {
  OPTIONS: () => rtspResponse(200, { Public: 'OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN' }),
  DESCRIBE: () => rtspResponse(200, { 'Content-Type': 'application/sdp' }, Buffer.from(SDP)),
  SETUP: (request, peer) => {
    const transport = request.headers.get('Transport') ?? '';
    const udp = /client_port=(\d+)/.exec(transport);
    peer.clientPort = Number(udp?.[1] ?? 0);
    const granted = udp
      ? `${transport};server_port=${peer.udpPort}-${peer.udpPort + 1}`
      : transport;
    return rtspResponse(200, { Session: '4711;timeout=60', Transport: granted });
  },
  PLAY: () => rtspResponse(200, { Session: '4711' }),
  TEARDOWN: () => rtspResponse(200),
};

export interface PeerOptions {
  /** Speaks TLS with this certificate. */
  tls?: { cert: string; key: string } | undefined;
  /** The address to listen on; `127.0.0.1` unless given. */
  host?: string;
}

export class ScriptedRtspPeer {
  readonly #server: Server;
  readonly #options: PeerOptions;
  readonly #answers: Record<string, Answer>;
  /** Every request of every connection, in order. */
  readonly requests: RtspRequest[] = [];
  readonly connections: PeerConnection[] = [];

  private constructor(answers: Record<string, Answer>, options: PeerOptions) {
    const onSocket = (socket: Socket) => this.connect(socket);
    this.#server = options.tls ? createTlsServer(options.tls, onSocket) : createServer(onSocket);
    this.#answers = { ...OBEDIENT, ...answers };
    this.#options = options;
  }

  /** @param answers by method; what is not given is answered as an obedient camera does. */
  static async start(
    answers: Record<string, Answer> = {},
    options: PeerOptions = {},
  ): Promise<ScriptedRtspPeer> {
    const peer = new ScriptedRtspPeer(answers, options);
    peer.#server.listen(0, options.host ?? '127.0.0.1');
    await once(peer.#server, 'listening');
    return peer;
  }

  /** Takes RTSP from a stream that was connected elsewhere. */
  connect(stream: Duplex): void {
    this.connections.push(new PeerConnection(stream, (request, peer) => this.#do(request, peer)));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  url(path = '/stream'): string {
    const { tls, host = '127.0.0.1' } = this.#options;
    const name = host.includes(':') ? `[${host}]` : host;
    return `${tls ? 'rtsps' : 'rtsp'}://${name}:${this.port}${path}`;
  }

  /** Methods of all requests so far. */
  get methods(): string[] {
    return this.requests.map((request) => request.method);
  }

  /** The newest connection. */
  get connection(): PeerConnection {
    const last = this.connections.at(-1);
    if (!last) throw new Error('nobody has connected yet');
    return last;
  }

  async stop(): Promise<void> {
    for (const connection of this.connections) connection.close();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #do(request: RtspRequest, peer: PeerConnection): RtspResponse | undefined {
    this.requests.push(request);
    const answer = this.#answers[request.method];
    return answer ? answer(request, peer) : rtspResponse(501);
  }
}

/** One client as the peer sees it. */
export class PeerConnection {
  readonly #stream: Duplex;
  readonly #udp = createSocket('udp4');
  #udpClosed = false;
  #sequence = 0;
  /** RTP port of the client when it asked for UDP. */
  clientPort = 0;
  /** What the peer claims to send from. */
  udpPort = 40_000;
  ssrc = 0x1234;
  /** RTCP and other interleaved frames that the client sent, and replies to requests of the peer. */
  readonly frames: { channel: number; payload: Buffer }[] = [];
  readonly replies: RtspResponse[] = [];
  closed = false;

  constructor(stream: Duplex, answer: Answer) {
    this.#stream = stream;
    const framer = new RtspFramer({
      message: (message) => {
        if (message.kind === 'response') this.replies.push(message);
        else this.#answer(message, answer);
      },
      interleaved: (channel, payload) => this.frames.push({ channel, payload }),
    });
    stream.on('data', (chunk) => framer.push(chunk));
    stream.on('error', () => undefined);
    stream.on('close', () => {
      this.closed = true;
    });
  }

  send(bytes: Buffer): void {
    this.#stream.write(bytes);
  }

  /** One picture over the transport of SETUP. */
  picture(timestamp: number, nalUnits: readonly Buffer[], channel = 0): void {
    for (const packet of this.packets(timestamp, nalUnits)) {
      if (this.clientPort > 0) this.#udp.send(packet, this.clientPort, '127.0.0.1');
      else this.send(interleaved(channel, packet));
    }
  }

  /** The RTP packets of one picture, numbered on from the last. */
  packets(timestamp: number, nalUnits: readonly Buffer[]): Buffer[] {
    return packetizeH264(nalUnits).map(({ bytes, marker }) =>
      this.packet(timestamp, bytes, marker),
    );
  }

  /** One RTP packet, numbered on from the last. */
  packet(timestamp: number, payload: Buffer, marker = false): Buffer {
    const sequence = this.#sequence;
    this.#sequence = (this.#sequence + 1) & 0xffff;
    const { ssrc } = this;
    return serializeRtp({ payloadType: 96, marker, sequence, timestamp, ssrc, payload });
  }

  /** Sends packets interleaved. */
  sendRtp(packets: readonly Buffer[], channel = 0): void {
    for (const packet of packets) this.send(interleaved(channel, packet));
  }

  /** Sends raw datagrams to the client's RTP port. */
  datagrams(packets: readonly Buffer[]): void {
    for (const packet of packets) this.#udp.send(packet, this.clientPort, '127.0.0.1');
  }

  close(): void {
    this.#stream.destroy();
    if (!this.#udpClosed) this.#udp.close();
    this.#udpClosed = true;
  }

  #answer(request: RtspRequest, answer: Answer): void {
    const response = answer(request, this);
    if (!response) return;
    const cseq = request.headers.get('CSeq');
    if (cseq !== undefined && !response.headers.has('CSeq')) response.headers.set('CSeq', cseq);
    this.send(serializeResponse(response));
  }
}

export function interleaved(channel: number, payload: Buffer): Buffer {
  const header = Buffer.from([0x24, channel, payload.length >> 8, payload.length & 0xff]);
  return Buffer.concat([header, payload]);
}
