import { join } from 'node:path';
import { z } from 'zod';
import { LiveViewError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { StateFile } from './state-file.ts';

const users = z.object({ users: z.array(z.object({ username: z.string() })) });
const tokens = z.object({ tokens: z.array(z.object({ name: z.string() })) });

/** A user and a token of one name cannot be told apart in the journal. @throws LiveViewError `name-of-token`. */
export function checkNoToken(dataDir: string, name: string): void {
  if (!tokenNames(dataDir).some(isCalled(name))) return;
  throw new LiveViewError(
    'name-of-token',
    `a token is called ${name}, and the journal could not tell them apart: choose another name, or revoke the token with \`liveview token revoke\` first`,
  );
}

/** @throws LiveViewError `name-of-user`. */
export function checkNoUser(dataDir: string, name: string): void {
  if (!userNames(dataDir).some(isCalled(name))) return;
  throw new LiveViewError(
    'name-of-user',
    `a user is called ${name}, and the journal could not tell them apart: choose another name`,
  );
}

/** Says so of names that were given before this was refused. Files that cannot be read are said of elsewhere. */
export function warnOfSharedNames(dataDir: string, log: Logger): void {
  try {
    const taken = tokenNames(dataDir);
    for (const name of userNames(dataDir).filter((each) => taken.some(isCalled(each)))) {
      const what =
        'a user and a token have the same name, and the journal does not tell them apart: revoke the token and add one of another name';
      log.warn(what, { name });
    }
  } catch {
    // Nobody comes in by them either.
  }
}

function userNames(dataDir: string): string[] {
  const file = new StateFile(join(dataDir, 'users.json'), users, { users: [] });
  return file.read().users.map(({ username }) => username);
}

function tokenNames(dataDir: string): string[] {
  const file = new StateFile(join(dataDir, 'tokens.json'), tokens, { tokens: [] });
  return file.read().tokens.map(({ name }) => name);
}

function isCalled(name: string): (other: string) => boolean {
  return (other) => other.toLowerCase() === name.toLowerCase();
}
