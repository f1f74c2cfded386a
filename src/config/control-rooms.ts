import { z } from 'zod';
import { describe, FINGERPRINT, id, name } from './fields.ts';
import { service } from './incidents.ts';
import { below, list, type Part, part, type Report, repeated, text } from './parts.ts';

/** The section `controlRooms`, and which client certificates stand for each. */

/** A name of the DNS (RFC 1123 §2.1), whole: no wildcard and no dot in front, which would be others too. */
const DNS_NAME =
  /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;

const certificate = z.union(
  [
    z.strictObject({
      name: describe(
        z.string().regex(DNS_NAME, 'write one whole DNS name, without a wildcard'),
        'Every certificate of clientCa with this DNS name in its subjectAltName; stays right when they are renewed.',
      ),
    }),
    z.strictObject({
      fingerprint: describe(
        z.string().regex(FINGERPRINT, 'write SHA-256 as 64 hexadecimal digits'),
        'One certificate, by its SHA-256 fingerprint.',
      ),
    }),
  ],
  'write { name: desk-1.example } or { fingerprint: … }',
);

export const controlRoom = z.strictObject({
  id,
  name,
  service,
  certificates: describe(
    z.array(certificate).max(1_000).default([]),
    'Client certificates that stand for it: on such a connection nobody acts for another control room. Needs police.tls.clientCert.',
  ),
});
export type ControlRoomConfig = z.output<typeof controlRoom>;

/** What is wrong between the certificates of control rooms, and with the listener that asks for them. */
export function checkRoomCertificates(config: Part | undefined, report: Report): void {
  const named = list(config?.['controlRooms']).flatMap((room, index) =>
    list(part(room)?.['certificates']).map((each, at) => ({
      key: keyOf(part(each)),
      report: below(report, 'controlRooms', index, 'certificates', at),
    })),
  );
  const clientCert = text(part(part(config?.['police'])?.['tls'])?.['clientCert']) ?? 'off';
  if (clientCert === 'off') {
    named[0]?.report(
      [],
      'nobody is asked for a certificate; write clientCa: … and clientCert: required in police.tls',
    );
  }
  for (const index of repeated(named.map(({ key }) => key))) {
    named[index]?.report([], 'is there twice; a certificate stands for one control room');
  }
}

function keyOf(certificate: Part | undefined): string | undefined {
  const fingerprint = text(certificate?.['fingerprint']);
  return (
    fingerprint?.replaceAll(':', '').toLowerCase() ?? text(certificate?.['name'])?.toLowerCase()
  );
}
