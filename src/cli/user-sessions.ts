import { EndedSessions } from '../access/ended-sessions.ts';
import { keptLogins, type StoredLogin } from '../access/session-file.ts';
import { UserStore } from '../access/users.ts';
import { rfc3339, systemClock } from '../core/clock.ts';
import { LiveViewError } from '../core/errors.ts';
import { withAccessLog } from './access-log.ts';
import type { CliContext } from './context.ts';
import { requireFolder, wrongUse } from './options.ts';
import { printJson, printLine, printTable } from './output.ts';

export interface SessionsFlags {
  /** A session, or true: all of the user who is named. */
  end?: string | true;
  dataDir: string;
  json?: boolean;
}

/**
 * `liveview user sessions`: who is logged in, as the gateway has written it down.
 *
 * @param logOut ends everything of a user.
 */
export function sessions(
  context: CliContext,
  name: string | undefined,
  flags: SessionsFlags,
  logOut: (username: string) => void,
): void {
  const { end, dataDir } = flags;
  requireFolder(dataDir);
  if (end === true) {
    if (name === undefined) throw wrongUse('say whose: user sessions NAME --end, or --end SESSION');
    logOut(name);
    return;
  }
  const ended = new EndedSessions(dataDir);
  // Of those that were ended while the gateway is down, its own file knows nothing yet.
  const own = keptLogins(dataDir).filter(
    (login) => (name === undefined || userOf(login) === name) && !ended.has(login.session),
  );
  if (end !== undefined)
    endOne(
      context,
      dataDir,
      own.find(({ session }) => session === end),
    );
  else list(context, own, flags);
}

function list(
  context: CliContext,
  own: readonly StoredLogin[],
  { dataDir, json }: SessionsFlags,
): void {
  const users = new UserStore(dataDir, systemClock).list();
  const roles = new Map(users.map(({ username, role }) => [username, role]));
  // Of a user who was removed there is none; their logins end.
  const rows = own.map((login) => rowOf(login, login.person?.role ?? roles.get(userOf(login))));
  if (json) printJson(context, rows);
  else
    printTable(
      context,
      HEADING,
      rows.map((row) => Object.values(row)),
    );
}

const HEADING = ['SESSION', 'NAME', 'ROLE', 'SIDE', 'FROM', 'SINCE', 'LAST USED', 'UNTIL'];

function endOne(context: CliContext, dataDir: string, login: StoredLogin | undefined): void {
  if (!login) {
    const what = 'there is no such session; liveview user sessions lists those there are';
    throw new LiveViewError('unknown-session', what);
  }
  const { session } = login;
  const username = userOf(login);
  withAccessLog(context, dataDir, (accessLog) =>
    new EndedSessions(dataDir, accessLog).end({ session, username }),
  );
  printLine(context, `ended session ${session} of ${username}`);
}

/** In the order of the table. The hash of the cookie stays where it is. */
function rowOf(login: StoredLogin, role = '') {
  const { session, side, address, createdUnixMs, usedUnixMs, endsUnixMs } = login;
  return {
    ...{ session, username: userOf(login), role, side, address },
    since: time(createdUnixMs),
    lastUsed: time(usedUnixMs),
    until: endsUnixMs === undefined ? '' : time(endsUnixMs),
  };
}

const userOf = ({ username, person }: StoredLogin) => person?.username ?? username ?? '';
const time = (unixMs: number) => rfc3339(unixMs * 1000);
