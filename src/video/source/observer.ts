import type { RtpPacket } from '../rtp/packet.ts';
import type { SenderReport } from '../rtp/rtcp.ts';

/** Hears of everything that arrives for a stream, as it arrives; for whoever measures. */
export interface StreamObserver {
  /** Before it is put in order, and whether or not it is of this stream. */
  packet(packet: RtpPacket, captureUnixUs: number): void;
  senderReport(report: SenderReport, captureUnixUs: number): void;
}
