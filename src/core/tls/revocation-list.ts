import { constants, type KeyObject, verify, type X509Certificate } from 'node:crypto';
import { LiveViewError } from '../errors.ts';
import { type DerElement, DerReader, TAG } from './der.ts';

/** A list of certificates that no longer hold (RFC 5280 §5), as far as it is needed here. */
export interface RevocationList {
  readonly pem: string;
  readonly thisUpdateUnixMs: number;
  /** Absent from lists that never get old, which the RFC does not allow. */
  readonly nextUpdateUnixMs: number | undefined;
  has(certificate: X509Certificate): boolean;
  isSignedBy(authority: X509Certificate): boolean;
}

const PEM = /-----BEGIN X509 CRL-----\s([A-Za-z0-9+/=\s]*)-----END X509 CRL-----/g;
const CONTEXT_0 = 0xa0;

/** Object identifiers of signatures (RFC 4055, RFC 5758, RFC 8410), as the content of their DER. */
const HASHES: Readonly<Record<string, string | null>> = {
  '2a864886f70d010105': 'sha1',
  '2a864886f70d01010b': 'sha256',
  '2a864886f70d01010c': 'sha384',
  '2a864886f70d01010d': 'sha512',
  '2a8648ce3d040302': 'sha256',
  '2a8648ce3d040303': 'sha384',
  '2a8648ce3d040304': 'sha512',
  '2b6570': null,
  '2b6571': null,
};
const RSA_PSS = '2a864886f70d01010a';
const PSS_HASHES = ['sha256', 'sha384', 'sha512'];

/**
 * The lists in a file: one in DER, or any number in PEM.
 *
 * @throws LiveViewError `malformed-der`.
 */
export function parseRevocationLists(bytes: Buffer): RevocationList[] {
  if (bytes[0] === TAG.sequence) return [parseList(bytes)];
  const texts = [...bytes.toString('latin1').matchAll(PEM)].map(([, base64 = '']) => base64);
  return texts.map((base64) => parseList(Buffer.from(base64, 'base64')));
}

/*
 *     CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm, signatureValue }   RFC 5280 §5.1
 *     TBSCertList     ::= SEQUENCE { version?, signature, issuer, thisUpdate, nextUpdate?,
 *                                    revokedCertificates?, [0] crlExtensions? }
 */
function parseList(der: Buffer): RevocationList {
  const list = new DerReader(new DerReader(der).next(TAG.sequence).content);
  const signed = list.next(TAG.sequence);
  const algorithm = new DerReader(list.next(TAG.sequence).content).next(TAG.objectIdentifier);
  // The first byte says how many bits of the last are none of its own: none, in a signature.
  const signature = list.next(TAG.bitString).content.subarray(1);
  const oid = algorithm.content.toString('hex');
  const { serials, ...times } = parseSigned(signed.content);
  return {
    ...times,
    pem: pemOf(der),
    has: ({ serialNumber }) => serials.has(plain(serialNumber)),
    isSignedBy: ({ publicKey }) => isSigned(oid, signed.bytes, publicKey, signature),
  };
}

function parseSigned(content: Buffer) {
  const reader = new DerReader(content);
  if (reader.comes(TAG.integer)) reader.next(TAG.integer);
  reader.next(TAG.sequence);
  reader.next(TAG.sequence);
  const thisUpdateUnixMs = unixMsOf(reader.next(TAG.utcTime, TAG.generalizedTime));
  const hasNext = reader.comes(TAG.utcTime, TAG.generalizedTime);
  const nextUpdateUnixMs = hasNext
    ? unixMsOf(reader.next(TAG.utcTime, TAG.generalizedTime))
    : undefined;
  const revoked = reader.comes(TAG.sequence) ? reader.next(TAG.sequence).content : Buffer.alloc(0);
  if (reader.comes(CONTEXT_0)) reader.next(CONTEXT_0);
  return { thisUpdateUnixMs, nextUpdateUnixMs, serials: serialsOf(revoked) };
}

function serialsOf(revoked: Buffer): ReadonlySet<string> {
  const serials = new Set<string>();
  const reader = new DerReader(revoked);
  while (!reader.isAtEnd) {
    const entry = new DerReader(reader.next(TAG.sequence).content);
    serials.add(plain(entry.next(TAG.integer).content.toString('hex')));
  }
  return serials;
}

/** Hexadecimal digits without the zeros in front. */
function plain(serial: string): string {
  return serial.toLowerCase().replace(/^0+(?=.)/, '');
}

/** RFC 5280 §4.1.2.5: two digits of a year below 50 are of this century. */
function unixMsOf({ tag, content }: DerElement): number {
  const text = content.toString('latin1');
  const digits = tag === TAG.utcTime ? `${Number(text.slice(0, 2)) < 50 ? 20 : 19}${text}` : text;
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(digits) ?? [];
  const unixMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (!Number.isNaN(unixMs)) return unixMs;
  throw new LiveViewError('malformed-der', 'a time in the list is none');
}

function isSigned(oid: string, bytes: Buffer, key: KeyObject, signature: Buffer): boolean {
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  const isBy = (hash: string | null, how: object = {}) => {
    try {
      return verify(hash, bytes, { key, ...how }, signature);
    } catch {
      // A key of another kind than the signature.
      return false;
    }
  };
  if (oid === RSA_PSS) return PSS_HASHES.some((hash) => isBy(hash, { padding }));
  const hash = HASHES[oid];
  return hash !== undefined && isBy(hash);
}

function pemOf(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN X509 CRL-----\n${lines.join('\n')}\n-----END X509 CRL-----\n`;
}
