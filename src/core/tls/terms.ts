import type { X509Certificate } from 'node:crypto';
import { rfc3339 } from '../clock.ts';
import type { KnownList, TlsMaterial } from './material.ts';

const DAY_MS = 24 * 3_600_000;
const SOON_MS = 30 * DAY_MS;
const URGENT_MS = 7 * DAY_MS;

export type TermKind = 'certificate' | 'client-ca' | 'revocation-list';
/** How near its end something is, in the order in which it comes nearer. */
export const STAGES = ['fine', 'soon', 'urgent', 'over'] as const;
export type Stage = (typeof STAGES)[number];

/** Something that holds until a moment. */
export interface Term {
  readonly kind: TermKind;
  readonly file: string;
  readonly endsUnixMs: number;
  readonly soonMs: number;
  readonly urgentMs: number;
}

/** What of a listener ends, and when: of each file the first of what is in it. */
export function termsOf({ files, chain, authorities, lists }: TlsMaterial): Term[] {
  const certificates = { soonMs: SOON_MS, urgentMs: URGENT_MS };
  const ends = (of: readonly X509Certificate[]) => Math.min(...of.map(notAfterUnixMs));
  const own: Term = {
    ...{ kind: 'certificate', file: files.cert, endsUnixMs: ends(chain) },
    ...certificates,
  };
  const ca: Term[] =
    files.clientCa === undefined
      ? []
      : [
          {
            ...{ kind: 'client-ca', file: files.clientCa, endsUnixMs: ends(authorities) },
            ...certificates,
          },
        ];
  return [own, ...ca, ...lists.flatMap(termOfList)];
}

/** Lists come anew every few hours or weeks: that the last quarter of the time has begun is late for either. */
function termOfList({ file, thisUpdateUnixMs, nextUpdateUnixMs }: KnownList): Term[] {
  if (nextUpdateUnixMs === undefined) return [];
  const urgentMs = Math.min(DAY_MS, (nextUpdateUnixMs - thisUpdateUnixMs) / 4);
  return [
    { kind: 'revocation-list', file, endsUnixMs: nextUpdateUnixMs, soonMs: urgentMs, urgentMs },
  ];
}

export function stageOf({ endsUnixMs, soonMs, urgentMs }: Term, nowUnixMs: number): Stage {
  const leftMs = endsUnixMs - nowUnixMs;
  if (leftMs <= 0) return 'over';
  if (leftMs <= urgentMs) return 'urgent';
  return leftMs <= soonMs ? 'soon' : 'fine';
}

const WHAT: Readonly<Record<TermKind, string>> = {
  certificate: 'the certificate',
  'client-ca': 'the authority of client certificates',
  'revocation-list': 'the revocation list',
};
const SINCE_THEN: Readonly<Record<TermKind, string>> = {
  certificate: 'whoever checks it does not connect',
  'client-ca': 'its client certificates are refused',
  'revocation-list': 'every client certificate of its authority is refused',
};

/** What people are told of it. */
export function sayTerm({ kind, file, endsUnixMs }: Term, stage: Stage): string {
  const when = rfc3339(endsUnixMs * 1000);
  return stage === 'over'
    ? `${WHAT[kind]} in ${file} has expired, on ${when}: ${SINCE_THEN[kind]}; put a new one there, which is read without a restart`
    : `${WHAT[kind]} in ${file} holds until ${when}; put a new one there before, which is read without a restart`;
}

export function notAfterUnixMs({ validTo }: X509Certificate): number {
  return Date.parse(validTo);
}

/** Whether a certificate holds at this moment, by its own dates. */
export function isInTime(certificate: X509Certificate, nowUnixMs: number): boolean {
  return Date.parse(certificate.validFrom) <= nowUnixMs && nowUnixMs < notAfterUnixMs(certificate);
}
