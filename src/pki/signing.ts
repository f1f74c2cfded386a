// What makes the classes of the next package needs the metadata of this one.
import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
  X509CrlGenerator,
  X509CrlReason,
} from '@peculiar/x509';
import type { Issuer } from './folder.ts';
import { type Host, MAX_NAME_CHARACTERS } from './names.ts';

const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const SERIAL_BYTES = 16;
const CRL_NUMBER = '2.5.29.20';
const INTEGER = 0x02;

export interface Term {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** In PEM, the key as PKCS #8. */
export interface Made {
  readonly certificate: string;
  readonly key: string;
}

/** An authority that signs itself and issues to ends alone (RFC 5280 §4.2.1.9: a path length of 0). */
export async function makeAuthority(name: string, term: Term): Promise<Made> {
  const keys = await makeKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: makeSerial(),
    name: commonName(name),
    ...term,
    keys,
    signingAlgorithm: P256,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return pemOf(certificate, keys);
}

export interface CertificateWish {
  readonly kind: 'server' | 'client';
  readonly name: string;
  readonly hosts: readonly Host[];
  readonly term: Term;
}

/** A key, and a certificate for it. */
export async function makeCertificate(issuer: Issuer, wish: CertificateWish): Promise<Made> {
  const authority = new X509Certificate(issuer.certificate.raw);
  const keys = await makeKeys();
  const { serverAuth, clientAuth } = ExtendedKeyUsage;
  const certificate = await X509CertificateGenerator.create({
    serialNumber: makeSerial(),
    subject: commonName(wish.name),
    issuer: authority.subjectName,
    ...wish.term,
    publicKey: keys.publicKey,
    signingKey: await signingKeyOf(issuer),
    signingAlgorithm: P256,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([wish.kind === 'server' ? serverAuth : clientAuth]),
      ...(wish.hosts.length > 0 ? [new SubjectAlternativeNameExtension([...wish.hosts])] : []),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(authority),
    ],
  });
  return pemOf(certificate, keys);
}

export interface ListWish {
  readonly number: number;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly revoked: readonly { readonly serial: string; readonly at: Date }[];
}

/**
 * In PEM. Each entry has a reason: the package writes an empty list of extensions for one without,
 * which RFC 5280 §5.1 does not have.
 */
export async function makeRevocationList(issuer: Issuer, wish: ListWish): Promise<string> {
  const authority = new X509Certificate(issuer.certificate.raw);
  const list = await X509CrlGenerator.create({
    issuer: authority.subjectName,
    thisUpdate: wish.thisUpdate,
    nextUpdate: wish.nextUpdate,
    entries: wish.revoked.map(({ serial, at }) => ({
      serialNumber: serial,
      revocationDate: at,
      reason: X509CrlReason.privilegeWithdrawn,
    })),
    signingKey: await signingKeyOf(issuer),
    signingAlgorithm: P256,
    extensions: [
      await AuthorityKeyIdentifierExtension.create(authority),
      new Extension(CRL_NUMBER, false, derInteger(wish.number)),
    ],
  });
  return pem('X509 CRL', list.rawData);
}

/** 16 octets that are positive and begin with no zero: 126 bits of them are random. */
function makeSerial(): string {
  const bytes = randomBytes(SERIAL_BYTES);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

function makeKeys() {
  return webcrypto.subtle.generateKey(P256, true, ['sign', 'verify']);
}

function signingKeyOf({ key }: Issuer) {
  const der = key.export({ type: 'pkcs8', format: 'der' });
  return webcrypto.subtle.importKey('pkcs8', der, P256, false, ['sign']);
}

/**
 * As what it is, and not as a text in which commas and signs have a meaning. Of a server it is for
 * people alone: what counts is the alternative names, which have room for longer ones.
 */
function commonName(text: string): Name {
  const name = text.length <= MAX_NAME_CHARACTERS ? text : 'Live View gateway';
  return new Name([{ CN: [{ utf8String: name }] }]);
}

/** X.690 §8.3: the fewest octets, of which the first bit is the sign. */
function derInteger(value: number): Uint8Array<ArrayBuffer> {
  const hex = value.toString(16);
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  const octets = Buffer.from(/^[89a-f]/.test(even) ? `00${even}` : even, 'hex');
  return Uint8Array.from([INTEGER, octets.length, ...octets]);
}

async function pemOf(
  certificate: X509Certificate,
  { privateKey }: webcrypto.CryptoKeyPair,
): Promise<Made> {
  const key = await webcrypto.subtle.exportKey('pkcs8', privateKey);
  return { certificate: pem('CERTIFICATE', certificate.rawData), key: pem('PRIVATE KEY', key) };
}

/** RFC 7468 §2; the package has another label for lists than §6. */
function pem(label: string, der: ArrayBuffer): string {
  const lines = Buffer.from(der)
    .toString('base64')
    .match(/.{1,64}/g);
  return `-----BEGIN ${label}-----\n${(lines ?? []).join('\n')}\n-----END ${label}-----\n`;
}
