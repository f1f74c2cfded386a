import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Sessions } from '../../src/access/sessions.ts';
import { TokenUseLog, TokenUses } from '../../src/access/token-uses.ts';
import { TokenStore } from '../../src/access/tokens.ts';
import { UserStore } from '../../src/access/users.ts';
import { LiveViewError } from '../../src/core/errors.ts';
import { silentLogger } from '../../src/core/log.ts';
import { ManualClock } from '../support/manual-clock.ts';

const HOUR = 3_600_000;

describe('when a token was used last', () => {
  let folder: string;
  let clock: ManualClock;
  let tokens: TokenStore;
  let sessions: Sessions;
  let file: TokenUses;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'liveview-uses-'));
    clock = new ManualClock(Date.UTC(2026, 0, 1, 10, 20) * 1000);
    tokens = new TokenStore(folder, clock);
    file = new TokenUses(folder);
    sessions = withLog(file);
  });
  afterEach(() => {
    sessions.stop();
    rmSync(folder, { recursive: true });
  });

  function withLog(kept: Pick<TokenUses, 'read' | 'write'>): Sessions {
    const tokenUses = new TokenUseLog({ file: kept, tokens, clock, log: silentLogger });
    return new Sessions({ clock, users: new UserStore(folder, clock), tokens, tokenUses });
  }
  const use = (secret: string) => sessions.findToken(secret, 'centre', '192.0.2.1');

  it('is known to the hour, by another process too, and for those that were used alone', () => {
    const wall = tokens.issue({ name: 'wall', role: 'consumer' });
    tokens.issue({ name: 'idle', role: 'consumer' });
    use(wall.secret.reveal());
    use('lv_wrong');
    expect(new TokenUses(folder).read()).toEqual({ [wall.token.id]: '2026-01-01T10:00:00.000Z' });
    expect(statSync(join(folder, 'token-uses.json')).mode & 0o777).toBe(0o600);
  });

  it('is written once an hour, and while something of it is open', () => {
    let writes = 0;
    const counted = {
      read: () => file.read(),
      write: (uses: Readonly<Record<string, string>>) => {
        writes += 1;
        file.write(uses);
      },
    };
    sessions = withLog(counted);
    const { token, secret } = tokens.issue({ name: 'wall', role: 'consumer' });
    for (let i = 0; i < 10; i += 1) use(secret.reveal());
    expect(writes).toBe(1);
    use(secret.reveal())?.onEnd(() => undefined);
    clock.advance(HOUR);
    expect([writes, file.read()[token.id]]).toEqual([2, '2026-01-01T11:00:00.000Z']);
  });

  it('is not what a connection is that nothing is asked on, which ends with the token all the same', () => {
    sessions = withLog(file);
    const { token, secret } = tokens.issue({ name: 'wall', role: 'consumer' });
    let isOver = false;
    use(secret.reveal())?.onEnd(() => {
      isOver = true;
    }, false);
    const used = file.read()[token.id];
    clock.advance(2 * HOUR);
    expect([isOver, file.read()[token.id]]).toEqual([false, used]);
    tokens.revoke('wall');
    clock.advance(1_000);
    expect(isOver).toBe(true);
  });

  it('is forgotten with the token, and survives the gateway', () => {
    const first = tokens.issue({ name: 'first', role: 'consumer' });
    const second = tokens.issue({ name: 'second', role: 'consumer' });
    use(first.secret.reveal());
    sessions = withLog(file);
    use(second.secret.reveal());
    expect(Object.keys(file.read())).toEqual([first.token.id, second.token.id]);
    tokens.revoke('first');
    clock.advance(HOUR);
    use(second.secret.reveal());
    expect(Object.keys(file.read())).toEqual([second.token.id]);
  });

  it('keeps nobody out, whether the file is damaged or the disk is full', () => {
    const { secret } = tokens.issue({ name: 'wall', role: 'consumer' });
    writeFileSync(join(folder, 'token-uses.json'), 'not ours');
    sessions = withLog(file);
    expect(use(secret.reveal())).toBeDefined();
    sessions = withLog({
      read: () => ({}),
      write: () => {
        throw new LiveViewError('state-file-unwritable', 'the disk is full');
      },
    });
    expect(use(secret.reveal())).toBeDefined();
  });
});
