import { z } from 'zod';
import { LiveViewError } from '../core/errors.ts';
import type { Caller } from './caller.ts';

export type CallerRole = Caller['role'];

/** Roles that a person or a program can have; `gateway` is the daemon's own and is not given out. */
export const ROLES = [
  'operator',
  'supervisor',
  'admin',
  'auditor',
  'dispatcher',
  'consumer',
  'source',
] as const satisfies readonly CallerRole[];

export const role = z.enum(ROLES);

/** What a person may be; `source` raises alarms and is a program, which has a token. */
export const PERSON_ROLES = ROLES.filter((each) => each !== 'source');

/** @throws LiveViewError `role-of-programs`. */
export function checkPerson(of: CallerRole): void {
  if (PERSON_ROLES.some((each) => each === of)) return;
  throw new LiveViewError(
    'role-of-programs',
    `the role ${of} is for programs: make a token with \`liveview token add NAME --role ${of}\``,
  );
}

export const controlRoomId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'use lower-case letters, digits and hyphens');

/** Names of users and tokens: they appear in the journal, in logs and in tables. */
export const accountName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/, 'use 1–64 letters, digits and . _ @ -');

/** @throws LiveViewError `unknown-role`. */
export function parseRole(text: string): CallerRole {
  const found = ROLES.find((known) => known === text);
  if (found) return found;
  throw new LiveViewError('unknown-role', `there is no role ${text}; choose ${ROLES.join(', ')}`);
}

/** @throws LiveViewError `bad-name`, `role-needs-control-room`, `role-without-control-room`. */
export function checkAccount(name: string, of: CallerRole, controlRoom: string | undefined): void {
  if (!accountName.safeParse(name).success) {
    throw new LiveViewError('bad-name', 'a name has 1–64 letters, digits and . _ @ -');
  }
  if (of === 'dispatcher' && controlRoom === undefined) {
    throw new LiveViewError(
      'role-needs-control-room',
      'a dispatcher belongs to a control room: say which one',
    );
  }
  if (controlRoom === undefined) return;
  if (of !== 'dispatcher' && of !== 'consumer') {
    throw new LiveViewError(
      'role-without-control-room',
      `the role ${of} belongs to the centre and takes no control room`,
    );
  }
  if (!controlRoomId.safeParse(controlRoom).success) {
    throw new LiveViewError(
      'bad-control-room',
      'the id of a control room has lower-case letters, digits and hyphens',
    );
  }
}

/** Whoever belongs to a control room comes in on the police side, everybody else on the centre's. */
export function sideOf(account: { readonly controlRoom?: string | undefined }): Caller['side'] {
  return account.controlRoom === undefined ? 'centre' : 'police';
}
