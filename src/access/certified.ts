import type { JsonObject } from '../journal/record.ts';
import type { Caller } from './caller.ts';

/** A client certificate, as far as it says who may act on its connection. */
export interface ShownCertificate {
  /** SHA-256. */
  readonly fingerprint: string;
  /** The control room that it stands for. */
  readonly standsFor: string | undefined;
}

/**
 * Whether somebody may act on a connection that showed this certificate, or none. Where it stands for a control
 * room, nobody acts for another; and a login that was made so holds nowhere else.
 */
export function belongsTo(
  { controlRoom, certified }: Pick<Caller, 'controlRoom' | 'certified'>,
  certificate: ShownCertificate | undefined,
): boolean {
  const room = certificate?.standsFor;
  return room === undefined ? certified !== true : controlRoom === room;
}

/** The certificate, for the journal. */
export function shownIn(certificate: ShownCertificate | undefined): JsonObject {
  return certificate ? { certificate: certificate.fingerprint } : {};
}
