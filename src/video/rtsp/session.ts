/**
 * One RTSP session on a connection: SETUP over TCP, UDP or multicast, PLAY, keepalive, TEARDOWN. Used through
 * the phases of client.ts.
 */
import type { Clock } from '../../core/clock.ts';
import type { RtspConnection } from './connection.ts';
import { CameraError, refusal } from './errors.ts';
import { Keepalive } from './keepalive.ts';
import type { RtspResponse } from './message.ts';
import type { SdpMedia } from './sdp.ts';
import { GroupSender, onlyFrom, type Senders } from './senders.ts';
import {
  multicastTransport,
  parseSession,
  parseTransport,
  type SessionHeader,
  type TransportKind,
  type TransportReply,
  tcpTransport,
  udpTransport,
} from './transport.ts';
import { isMulticast, type MulticastGroup, UdpPair } from './udp-pair.ts';

/** What arrives for one media. Buffers are views that are overwritten after the call. */
export interface PacketHandlers {
  /** `captureUnixUs`: when the chunk or datagram that holds the last byte was read. */
  rtp(packet: Buffer, captureUnixUs: number): void;
  rtcp(packet: Buffer, captureUnixUs: number): void;
  /** Framing was lost and found again; the packet before may be corrupt. */
  lostStep(): void;
  /** Nothing comes from the camera's own address; what this one sends into its group is taken for its pictures. */
  otherSender(address: string): void;
}

export interface SessionOptions {
  clock: Clock;
  random?: () => number;
  handlers: PacketHandlers;
}

const TEARDOWN_TIMEOUT_MS = 1_000;
const RTP_CHANNEL = 0;
/** Stays on this network. */
const DEFAULT_TTL = 1;
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
  #group: MulticastGroup | undefined;
  #groupSender: GroupSender | undefined;
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

  async setUp(kind: TransportKind, urls: readonly string[], media: SdpMedia): Promise<void> {
    if (kind === 'udp') this.#udp = await UdpPair.open(this.#udpOptions());
    else if (kind === 'tcp') this.#receiveInterleaved(RTP_CHANNEL, RTP_CHANNEL + 1);
    const reply = await this.#firstAccepted('SETUP', urls, { Transport: this.#wish(kind) });
    this.#session = parseSession(reply.headers.get('Session'));
    const transport = parseTransport(reply.headers.get('Transport'));
    this.#transport = transport;
    if (kind === 'multicast') await this.#join(transport, media);
    else if (this.#udp) this.#receiveUdp(this.#udp, transport);
    else this.#receiveInterleaved(...(transport.interleaved ?? [RTP_CHANNEL, RTP_CHANNEL + 1]));
  }

  async play(urls: readonly string[]): Promise<void> {
    await this.#firstAccepted('PLAY', urls, { ...this.#sessionHeader(), Range: 'npt=0.000-' });
    if (this.#closing) return;
    this.#groupSender?.playing();
    this.#keepalive = new Keepalive({
      clock: this.#options.clock,
      timeoutSeconds: this.#session?.timeoutSeconds ?? 60,
      send: (method) => this.#connection.request(method, this.#url, this.#sessionHeader()),
      sessionLost: () => this.#lose(refusal('keepalive', 454, 'Session Not Found')),
    });
  }

  sendRtcp(packet: Buffer): void {
    if (!this.#udp) this.#connection.sendInterleaved(this.#rtcpChannel, packet);
    else if (this.#group) this.#udp.sendRtcp(packet, this.#group.ports[1], this.#group.address);
    else {
      const port = this.#transport?.serverPorts?.[1] ?? this.#udp.heardRtcpFrom;
      if (port) this.#udp.sendRtcp(packet, port, this.#connection.remoteAddress);
    }
  }

  /** Gives up ports and timers; the connection stays, for another attempt at SETUP. */
  release(): void {
    this.#keepalive?.stop();
    this.#udp?.close();
    this.#udp = undefined;
    this.#group = undefined;
    this.#groupSender = undefined;
  }

  /** TEARDOWN with a short deadline, then the end of the connection. Never rejects. */
  close(): Promise<void> {
    this.#closing ??= this.#teardown();
    return this.#closing;
  }

  async #teardown(): Promise<void> {
    await this.#forget();
    this.release();
    this.#connection.destroy();
  }

  /** Tells the camera that the session is over; never rejects. */
  async #forget(): Promise<void> {
    if (!this.#session) return;
    const headers = this.#sessionHeader();
    // The connection is over, or the camera does not answer: it forgets the session by itself.
    await this.#connection
      .request('TEARDOWN', this.#url, headers, TEARDOWN_TIMEOUT_MS)
      .catch(() => undefined);
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

  #wish(kind: TransportKind): string {
    if (kind === 'multicast') return multicastTransport();
    return this.#udp ? udpTransport(this.#udp.port) : tcpTransport(RTP_CHANNEL);
  }

  #udpOptions() {
    const { clock, random = Math.random } = this.#options;
    return { localAddress: this.#connection.localAddress, clock, random };
  }

  /** Another transport may follow on this connection, so a session without a group is given back. */
  async #join(transport: TransportReply, media: SdpMedia): Promise<void> {
    try {
      const group = groupOf(transport, media);
      this.#udp = await UdpPair.join(group, this.#udpOptions());
      this.#group = group;
      this.#udp.receive(this.#sendersTo(group), this.#options.handlers);
    } catch (error) {
      await this.#forget();
      this.#session = undefined;
      throw error;
    }
  }

  #receiveUdp(udp: UdpPair, transport: TransportReply): void {
    const { remoteAddress } = this.#connection;
    udp.receive(this.#senders(transport.source), this.#options.handlers);
    const [rtp, rtcp] = transport.serverPorts ?? [];
    if (rtp) udp.sendRtp(PUNCH_RTP, rtp, remoteAddress);
    if (rtcp) udp.sendRtcp(PUNCH_RTCP, rtcp, remoteAddress);
  }

  /** Who may send: the camera, and whom it announced. */
  #senders(announced: string | undefined): Senders {
    const { remoteAddress } = this.#connection;
    return onlyFrom(announced === undefined ? [remoteAddress] : [remoteAddress, announced]);
  }

  #sendersTo({ source }: MulticastGroup): Senders {
    if (source !== undefined) return this.#senders(source);
    const { clock, handlers } = this.#options;
    this.#groupSender = new GroupSender({
      camera: this.#connection.remoteAddress,
      clock,
      onOther: (address) => handlers.otherSender(address),
    });
    return this.#groupSender;
  }
}

/** What the reply leaves out is in the session description. */
function groupOf(transport: TransportReply, media: SdpMedia): MulticastGroup {
  const address = [transport.destination, media.address].find(
    (each) => each !== undefined && isMulticast(each),
  );
  const ports = transport.groupPorts ?? ([media.port, media.port + 1] as const);
  if (address === undefined || ports.includes(0)) {
    throw new CameraError(
      'transport-refused',
      'the camera names no multicast group; switch multicast on in it, or use transport tcp',
    );
  }
  const source = transport.source ?? media.source;
  return { address, ports, source, ttl: transport.ttl ?? DEFAULT_TTL };
}
