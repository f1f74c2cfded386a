import { constants, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext, type TlsOptions } from 'node:tls';
import { describe } from '../errors.ts';
import { TLS_FLOOR } from './floor.ts';
import { parseRevocationLists, type RevocationList } from './revocation-list.ts';
import {
  type FileBytes,
  readTlsBytes,
  type TlsBytes,
  TlsFileError,
  type TlsFileNames,
} from './tls-bytes.ts';

/** A revocation list, and whose it is. */
export interface KnownList extends RevocationList {
  readonly authority: X509Certificate;
  readonly file: string;
}

/** What a listener shows and asks for, whole and consistent. */
export interface TlsMaterial {
  readonly digest: string;
  readonly files: TlsFileNames;
  /** What the listener shows, its own first. */
  readonly chain: readonly X509Certificate[];
  /** Those that client certificates must come from. */
  readonly authorities: readonly X509Certificate[];
  readonly lists: readonly KnownList[];
  /** For a server of Node. */
  readonly options: TlsOptions;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]*-----END CERTIFICATE-----/g;

/**
 * @throws TlsFileError `certificate-unreadable`, `certificate-damaged`, `certificate-key-damaged`,
 *   `certificate-key-mismatch`, `client-ca-without-root`, `revocation-list-damaged`, `revocation-list-foreign`,
 *   `revocation-list-missing`, `certificate-refused`; each names the file and what to do.
 */
export function readTlsMaterial(files: TlsFileNames): TlsMaterial {
  return tlsMaterial(files, readTlsBytes(files));
}

/** @throws TlsFileError as `readTlsMaterial`. */
export function tlsMaterial(files: TlsFileNames, bytes: TlsBytes): TlsMaterial {
  const { cert, key, clientCa, digest } = bytes;
  const chain = certificatesOf(cert);
  checkPair(chain, keyOf(key), files);
  const authorities = clientCa === undefined ? [] : authoritiesOf(clientCa);
  const lists = bytes.clientCrl.flatMap((each) => listsOf(each, authorities, files));
  if (bytes.clientCrl.length > 0) checkListed(authorities, lists, files);
  const context = {
    cert: cert.bytes,
    key: key.bytes,
    ...(clientCa === undefined ? {} : { ca: clientCa.bytes }),
    ...(lists.length === 0 ? {} : { crl: lists.map(({ pem }) => pem) }),
    ...TLS_FLOOR,
    ...(files.clientCert === 'off' ? {} : { secureOptions: NOTHING_RESUMED }),
  };
  checkContext(context, files);
  const options = {
    ...context,
    requestCert: files.clientCert !== 'off',
    rejectUnauthorized: files.clientCert === 'required',
  };
  return { digest, files, chain, authorities, lists, options };
}

/** A session that is resumed (RFC 8446 §2.2) shows no certificate: one that was revoked would go on. */
const NOTHING_RESUMED = TLS_FLOOR.secureOptions | constants.SSL_OP_NO_TICKET;

function certificatesOf({ setting, file, bytes }: FileBytes): X509Certificate[] {
  const pems = bytes.toString('latin1').match(CERTIFICATE) ?? [];
  try {
    const certificates = pems.map((pem) => new X509Certificate(pem));
    if (certificates.length > 0) return certificates;
  } catch {
    // As when there is none.
  }
  throw new TlsFileError(
    'certificate-damaged',
    setting,
    `${file} is empty or half written, or holds no certificate in PEM (-----BEGIN CERTIFICATE-----); put the whole file there`,
  );
}

function keyOf({ file, bytes }: FileBytes): KeyObject {
  try {
    return createPrivateKey(bytes);
  } catch {
    throw new TlsFileError(
      'certificate-key-damaged',
      'key',
      `${file} is empty or half written, or holds no private key in PEM without a passphrase; put the whole key there`,
    );
  }
}

function checkPair([own]: readonly X509Certificate[], key: KeyObject, files: TlsFileNames): void {
  if (own?.checkPrivateKey(key)) return;
  throw new TlsFileError(
    'certificate-key-mismatch',
    'key',
    `${files.key} is not the key of the first certificate in ${files.cert}; put both files there, of one issue`,
  );
}

function authoritiesOf(clientCa: FileBytes): X509Certificate[] {
  const authorities = certificatesOf(clientCa);
  if (authorities.some((each) => isIssuedBy(each, each))) return authorities;
  throw new TlsFileError(
    'client-ca-without-root',
    'clientCa',
    `${clientCa.file} holds no certificate that is signed by itself; add that of the root of the authority`,
  );
}

/** By name and by signature. */
export function isIssuedBy(certificate: X509Certificate, authority: X509Certificate): boolean {
  return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
}

function listsOf(
  { file, bytes }: FileBytes,
  authorities: readonly X509Certificate[],
  { clientCa }: TlsFileNames,
): KnownList[] {
  return parsedLists(file, bytes).map((list) => {
    const authority = authorities.find((each) => list.isSignedBy(each));
    if (authority) return { ...list, authority, file };
    throw new TlsFileError(
      'revocation-list-foreign',
      'clientCrl',
      `${file} is not signed by an authority in ${clientCa ?? 'clientCa'}; take the list of that authority, or add the certificate of whoever signed this one to clientCa`,
    );
  });
}

function parsedLists(file: string, bytes: Buffer): RevocationList[] {
  try {
    const lists = parseRevocationLists(bytes);
    if (lists.length > 0) return lists;
  } catch {
    // As when there is none.
  }
  throw new TlsFileError(
    'revocation-list-damaged',
    'clientCrl',
    `${file} is empty or half written, or holds no revocation list in PEM (-----BEGIN X509 CRL-----) or DER; put the whole file there`,
  );
}

/** OpenSSL refuses whatever comes from an authority without a list as soon as there is any list. */
function checkListed(
  authorities: readonly X509Certificate[],
  lists: readonly KnownList[],
  { clientCa }: TlsFileNames,
): void {
  const missing = authorities.find((each) => !lists.some((list) => list.isSignedBy(each)));
  if (!missing) return;
  const name = missing.subject.replaceAll('\n', ', ');
  throw new TlsFileError(
    'revocation-list-missing',
    'clientCrl',
    `clientCrl has no list of ${name}, which ${clientCa ?? 'clientCa'} names: all its certificates would be refused; add its list`,
  );
}

function checkContext(context: TlsOptions, { cert, key }: TlsFileNames): void {
  try {
    createSecureContext(context);
  } catch (cause) {
    throw new TlsFileError(
      'certificate-refused',
      'cert',
      `OpenSSL does not take ${cert} and ${key} (or their clientCa): ${describe(cause)}`,
    );
  }
}
