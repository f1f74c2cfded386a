/**
 * What a receiver answers (DC-09 §5.5.3):
 *
 *   "ACK"0042R1L3#1409[]                            taken
 *   "*ACK"0042R1L3#1409[… encrypted: ]_20:38:07,…   taken, and it was encrypted
 *   "NAK"0000R0L0A0[]_20:38:07,08-27-2026           the time is wrong; this is the right one. Never encrypted
 *   "DUH"0042R1L3#1409[]                            received, and nothing can be done with it
 *
 * The CRC is written as the panel writes its own.
 */
import type { KeyObject } from 'node:crypto';
import { encrypt } from './cipher.ts';
import { crc16 } from './crc.ts';
import type { Envelope } from './envelope.ts';
import type { CrcForm } from './framing.ts';
import { formatTimestamp } from './timestamp.ts';

/** Of the message that is answered. */
type Addressed = Pick<Envelope, 'sequence' | 'receiver' | 'prefix' | 'account'>;

export function ack(to: Addressed): string {
  return `"ACK"${addressOf(to)}[]`;
}

export function encryptedAck(
  to: Addressed,
  key: KeyObject,
  unixMs: number,
  random: (bytes: number) => Buffer,
): string {
  return `"*ACK"${addressOf(to)}[${encrypt(key, `]_${formatTimestamp(unixMs)}`, random)}`;
}

export function nak(unixMs: number): string {
  return `"NAK"0000R0L0A0[]_${formatTimestamp(unixMs)}`;
}

export function duh(to: Addressed): string {
  return `"DUH"${addressOf(to)}[]`;
}

/** The body with what goes around it. */
export function framed(text: string, crcForm: CrcForm): Buffer {
  const body = Buffer.from(text, 'latin1');
  const length = `0${body.length.toString(16).toUpperCase().padStart(3, '0')}`;
  return Buffer.concat([
    Buffer.from('\n'),
    crcForm === 'binary' ? binary(crc16(body)) : hex(crc16(body)),
    Buffer.from(length),
    body,
    Buffer.from('\r'),
  ]);
}

function addressOf({ sequence, receiver, prefix, account }: Addressed): string {
  return sequence + receiver + prefix + account;
}

function hex(crc: number): Buffer {
  return Buffer.from(crc.toString(16).toUpperCase().padStart(4, '0'));
}

function binary(crc: number): Buffer {
  return Buffer.from([crc >> 8, crc & 0xff]);
}
