/**
 * One RTSP session on a connection: SETUP over TCP or UDP, PLAY, keepalive, TEARDOWN. Used through
 * the phases of client.ts.
 */
import type { Clock } from '../../core/clock.ts';
import type { RtspConnection } from './connection.ts';
import { CameraError, refusal } from './errors.ts';
import { Keepalive } from './keepalive.ts';
import type { RtspResponse } from './message.ts';
import {
  parseSession,
  parseTransport,
  type SessionHeader,
  type TransportKind,
  type TransportReply,
  tcpTransport,
  udpTransport,
} from './transport.ts';
import { UdpPair } from './udp-pair.ts';

/** What arrives for one media. Buffers are views that nobody writes to again. */
export interface PacketHandlers {
  /** `captureUnixUs`: when the chunk or datagram that holds the last byte was read. */
  rtp(packet: Buffer, captureUnixUs: number): void;
  rtcp(packet: Buffer, captureUnixUs: number): void;
  /** Framing was lost and found again; the packet before may be corrupt. */
  lostStep(): void;
}

export interface SessionOptions {
  clock: Clock;
  random?: () => number;
  handlers: PacketHandlers;
}

const TEARDOWN_TIMEOUT_MS = 1_000;
const RTP_CHANNEL = 0;
/** An RTP packet without payload: opens a firewall on the way, and no server minds. */
const PUNCH_RTP = Buffer.from(`80${'00'.repeat(11)}`, 'hex');
/** An empty receiver report. */
const PUNCH_RTCP = Buffer.from('80c9000100000000', 'hex');

export class Session {
  readonly #connection: RtspConnection;
  readonly #options: SessionOptions;
  #session: SessionHeader | undefined;
  #transport: TransportReply | undefined;
  /** What TEARDOWN and keepalive are addressed to: the URL that worked last. */
  #url = '';
  #udp: UdpPair | undefined;
  #rtcpChannel = RTP_CHANNEL + 1;
  #keepalive: Keepalive | undefined;
  #closing: Promise<void> | undefined;
  #lose: (error: Error) => void = () => undefined;
  /** Resolves with the reason when the camera ended the session or the connection is over. */
  readonly ended: Promise<Error>;

  constructor(connection: RtspConnection, options: SessionOptions) {
    this.#connection = connection;
    this.#options = options;
    const lost = new Promise<Error>((resolve) => {
      this.#lose = resolve;
    });
    this.ended = Promise.race([connection.ended, lost]);
    connection.ended.then(() => this.release());
  }

  get ssrc(): number | undefined {
    return this.#transport?.ssrc;
  }

  async setUp(kind: TransportKind, urls: readonly string[]): Promise<void> {
    if (kind === 'udp') await this.#openUdp();
    else this.#receiveInterleaved(RTP_CHANNEL, RTP_CHANNEL + 1);
    const transport = this.#udp ? udpTransport(this.#udp.port) : tcpTransport(RTP_CHANNEL);
    const reply = await this.#firstAccepted('SETUP', urls, { Transport: transport });
    this.#session = parseSession(reply.headers.get('Session'));
    this.#transport = parseTransport(reply.headers.get('Transport'));
    if (this.#udp) this.#receiveUdp(this.#udp, this.#transport);
    else
      this.#receiveInterleaved(...(this.#transport.interleaved ?? [RTP_CHANNEL, RTP_CHANNEL + 1]));
  }

  async play(urls: readonly string[]): Promise<void> {
    await this.#firstAccepted('PLAY', urls, { ...this.#sessionHeader(), Range: 'npt=0.000-' });
    if (this.#closing) return;
    this.#keepalive = new Keepalive({
      clock: this.#options.clock,
      timeoutSeconds: this.#session?.timeoutSeconds ?? 60,
      send: (method) => this.#connection.request(method, this.#url, this.#sessionHeader()),
      sessionLost: () => this.#lose(refusal('keepalive', 454, 'Session Not Found')),
    });
  }

  sendRtcp(packet: Buffer): void {
    if (!this.#udp) {
      this.#connection.sendInterleaved(this.#rtcpChannel, packet);
      return;
    }
    const [, port] = this.#transport?.serverPorts ?? [];
    if (port) this.#udp.sendRtcp(packet, port, this.#connection.remoteAddress);
  }

  /** Gives up ports and timers; the connection stays, for another attempt at SETUP. */
  release(): void {
    this.#keepalive?.stop();
    this.#udp?.close();
    this.#udp = undefined;
  }

  /** TEARDOWN with a short deadline, then the end of the connection. Never rejects. */
  close(): Promise<void> {
    this.#closing ??= this.#teardown();
    return this.#closing;
  }

  async #teardown(): Promise<void> {
    try {
      if (!this.#session) return;
      const headers = this.#sessionHeader();
      await this.#connection.request('TEARDOWN', this.#url, headers, TEARDOWN_TIMEOUT_MS);
    } catch {
      // The connection is over, or the camera does not answer: it forgets the session by itself.
    } finally {
      this.release();
      this.#connection.destroy();
    }
  }

  /** Tries the URLs in turn while the camera says that it does not know them. */
  async #firstAccepted(
    method: string,
    urls: readonly string[],
    headers: Record<string, string>,
  ): Promise<RtspResponse> {
    let refused = new CameraError('rtsp-refused', `no address to send ${method} to`);
    for (const url of urls) {
      const reply = await this.#connection.request(method, url, headers);
      if (reply.status < 300) {
        this.#url = url;
        return reply;
      }
      refused = refusal(method, reply.status, reply.reason);
      if (reply.status !== 400 && reply.status !== 404) break;
    }
    throw refused;
  }

  #sessionHeader(): Record<string, string> {
    return this.#session ? { Session: this.#session.id } : {};
  }

  #receiveInterleaved(rtp: number, rtcp: number): void {
    const { handlers } = this.#options;
    this.#rtcpChannel = rtcp;
    this.#connection.receiveMedia({
      interleaved(channel, payload, captureUnixUs) {
        if (channel === rtp) handlers.rtp(payload, captureUnixUs);
        else if (channel === rtcp) handlers.rtcp(payload, captureUnixUs);
      },
      lostStep: () => handlers.lostStep(),
    });
  }

  async #openUdp(): Promise<void> {
    const { clock, random = Math.random } = this.#options;
    const { localAddress } = this.#connection;
    this.#udp = await UdpPair.open({ localAddress, clock, random });
  }

  #receiveUdp(udp: UdpPair, transport: TransportReply): void {
    const { remoteAddress } = this.#connection;
    const sources = transport.source ? [remoteAddress, transport.source] : [remoteAddress];
    udp.receive(sources, this.#options.handlers);
    const [rtp, rtcp] = transport.serverPorts ?? [];
    if (rtp) udp.sendRtp(PUNCH_RTP, rtp, remoteAddress);
    if (rtcp) udp.sendRtcp(PUNCH_RTCP, rtcp, remoteAddress);
  }
}
