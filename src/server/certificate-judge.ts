import type { X509Certificate } from 'node:crypto';
import type { Caller } from '../access/caller.ts';
import type { CertificateRooms } from '../access/certificate-rooms.ts';
import { shownIn } from '../access/certified.ts';
import { Recent } from '../access/recent.ts';
import type { Refusals } from '../access/refusals.ts';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import type { Standing } from '../core/tls/peers.ts';
import type { Connection } from './identify.ts';

/** Whoever is refused tries again: what is the same is told once an hour. */
const ONCE = { forgetMs: 3_600_000, max: 1_000 };

export interface JudgeOptions {
  readonly rooms: Pick<CertificateRooms, 'isUsed' | 'of'>;
  /** Everybody has to show a certificate: one that stands for no control room opens nothing then. */
  readonly isRequired: boolean;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Which control room a client certificate stands for; undefined for one that is refused. */
export function judgeOf({ rooms, isRequired, clock, log }: JudgeOptions) {
  const told = new Recent<true>(clock, ONCE);
  return (certificate: X509Certificate): Standing | undefined => {
    const [standsFor, ...more] = rooms.of(certificate);
    const isNobody = standsFor === undefined && isRequired && rooms.isUsed;
    if (more.length === 0 && !isNobody) return { standsFor };
    const { fingerprint256: fingerprint, subject, subjectAltName } = certificate;
    if (!told.get(fingerprint)) {
      told.set(fingerprint, true);
      const what = isNobody ? 'no control room' : 'more than one control room';
      log.warn(
        `a client certificate stands for ${what} and is refused; see controlRooms[].certificates`,
        { fingerprint, subject: subject.replaceAll('\n', ', '), subjectAltName },
      );
    }
    return undefined;
  };
}

/** Records callers that came by the certificate of another control room. */
export function foreignLog(refusals: Refusals, clock: Clock) {
  const told = new Recent<true>(clock, ONCE);
  return ({ user, side, session }: Caller, { address, certificate }: Connection): void => {
    const key = `${session} ${certificate?.fingerprint ?? ''}`;
    if (told.get(key)) return;
    told.set(key, true);
    const reason = 'wrong-certificate';
    refusals.record({ user, side, reason, ...shownIn(certificate) }, address);
  };
}
