import { codeOf } from '../core/errors.ts';

/** What a script learns from the exit code (docs/reference/cli.md). */
export const EXIT = {
  done: 0,
  failed: 1,
  wrongUse: 2,
  configurationRefused: 3,
  unreachable: 4,
  notAuthorised: 5,
  journalBroken: 6,
} as const;

const BY_CODE: Readonly<Record<string, number>> = {
  'wrong-use': EXIT.wrongUse,
  'unknown-interface': EXIT.wrongUse,
  'configuration-refused': EXIT.configurationRefused,
  'secret-missing': EXIT.configurationRefused,
  'secret-unusable': EXIT.configurationRefused,
  'certificate-unreadable': EXIT.configurationRefused,
  'bad-name': EXIT.wrongUse,
  'bad-host': EXIT.wrongUse,
  'bad-term': EXIT.wrongUse,
  'bad-expiry': EXIT.wrongUse,
  'bad-control-room': EXIT.wrongUse,
  'unknown-control-room': EXIT.wrongUse,
  'role-of-programs': EXIT.wrongUse,
  'role-needs-control-room': EXIT.wrongUse,
  'role-without-control-room': EXIT.wrongUse,
  'role-without-sites': EXIT.wrongUse,
  'bad-site': EXIT.wrongUse,
  'unknown-site': EXIT.wrongUse,
  'password-too-short': EXIT.wrongUse,
  'password-too-long': EXIT.wrongUse,
  'camera-unreachable': EXIT.unreachable,
  'panel-unreachable': EXIT.unreachable,
  timeout: EXIT.unreachable,
  ECONNREFUSED: EXIT.unreachable,
  EHOSTUNREACH: EXIT.unreachable,
  'camera-timeout': EXIT.unreachable,
  'camera-refused-credentials': EXIT.notAuthorised,
  'camera-authentication-unknown': EXIT.notAuthorised,
  'journal-broken': EXIT.journalBroken,
  'egress-differs': EXIT.journalBroken,
};

export function exitCodeOf(error: unknown): number {
  return BY_CODE[codeOf(error)] ?? EXIT.failed;
}
