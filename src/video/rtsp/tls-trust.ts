/**
 * Which certificate of a camera is believed. Cameras sign their own, so the configuration names the
 * authority that signed it, or the one certificate that is meant, by its SHA-256 fingerprint.
 */
import type { TLSSocket } from 'node:tls';
import { CameraError } from './errors.ts';

/** Without either, the system's authorities decide. */
export interface TlsTrust {
  /** Certificates of the authorities that are believed, PEM. */
  readonly ca?: string | undefined;
  /** SHA-256 of the camera's certificate (DER), hexadecimal, with or without colons. */
  readonly fingerprint?: string | undefined;
}

/** Why the camera at the other end is not believed; undefined when it is. */
export function distrust(
  socket: TLSSocket,
  host: string,
  trust: TlsTrust | undefined,
): CameraError | undefined {
  const shown: string | undefined = socket.getPeerCertificate().fingerprint256;
  if (trust?.fingerprint !== undefined) {
    const isPinned = shown !== undefined && plain(shown) === plain(trust.fingerprint);
    return isPinned ? undefined : changed(host, shown);
  }
  return socket.authorized ? undefined : untrusted(host, shown, String(socket.authorizationError));
}

function plain(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toLowerCase();
}

function untrusted(host: string, shown = 'none', reason: string): CameraError {
  return new CameraError(
    'camera-certificate-untrusted',
    `the certificate of the camera at ${host} is not from an authority that is believed (${reason}). ` +
      'Compare its fingerprint with the one in the web page of the camera; when it is the same, write ' +
      `stream: { tls: { fingerprint: "${shown}" } } into its configuration`,
    { context: { host, fingerprint: shown, reason } },
  );
}

function changed(host: string, shown = 'none'): CameraError {
  return new CameraError(
    'camera-certificate-changed',
    `the camera at ${host} shows another certificate than the one in its configuration: somebody may be ` +
      'between, or it was given a new one. Compare with the web page of the camera; when it is new, write ' +
      `stream: { tls: { fingerprint: "${shown}" } }`,
    { context: { host, fingerprint: shown } },
  );
}
