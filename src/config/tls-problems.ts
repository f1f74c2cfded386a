import type { Part, Report } from './parts.ts';

/** Whoever asks for client certificates has to say which are good, and whoever says so has to ask. */
export function checkClientCert(tls: Part | undefined, report: Report): void {
  const clientCert = tls?.['clientCert'];
  const isOff = clientCert === undefined || clientCert === 'off';
  if (isOff && tls?.['clientCrl'] !== undefined) {
    report(['clientCrl'], 'nobody is asked for a certificate; write clientCert: required');
  }
  if (isOff || tls?.['clientCa'] !== undefined) return;
  report(['clientCert'], 'client certificates need clientCa: the CA that signs them');
}
