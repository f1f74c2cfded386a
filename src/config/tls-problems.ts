import type { Part, Report } from './parts.ts';

/** Whoever asks for client certificates has to say which are good. */
export function checkClientCert(tls: Part | undefined, report: Report): void {
  const clientCert = tls?.['clientCert'];
  if (clientCert === undefined || clientCert === 'off' || tls?.['clientCa'] !== undefined) return;
  report(['clientCert'], 'client certificates need clientCa: the CA that signs them');
}
