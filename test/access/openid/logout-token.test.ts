/** What the directory, or somebody in its place, may send to end logins. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LogoutTokens } from '../../../src/access/openid/logout-token.ts';
import { Provider } from '../../../src/access/openid/provider.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { CLIENT_ID } from '../../support/openid/directory.ts';
import {
  idClaims,
  makeKey,
  ScriptedDirectory,
  sign,
} from '../../support/openid/scripted-directory.ts';
import { termsOf } from '../../support/openid/terms.ts';

const EVENTS = { 'http://schemas.openid.net/event/backchannel-logout': {} };
const REFUSED = expect.objectContaining({ code: 'logout-token-refused' });

const key = await makeKey('one');
const stranger = await makeKey('one');

let clock: ManualClock;
let directory: ScriptedDirectory;
let tokens: LogoutTokens;
beforeEach(async () => {
  clock = new ManualClock();
  directory = await ScriptedDirectory.showing(key);
  const terms = termsOf(directory.issuer);
  tokens = new LogoutTokens(terms, new Provider(terms, clock), clock);
});
afterEach(() => directory.stop());

const unixS = () => Math.floor(clock.unixUs() / 1e6);
let count = 0;
const claims = (change: object = {}): Record<string, unknown> => {
  count += 1;
  return {
    ...{ iss: directory.issuer, aud: CLIENT_ID, sub: 'olga', sid: 'there', events: EVENTS },
    ...{ iat: unixS(), exp: unixS() + 120, jti: `id-${count}` },
    ...change,
  };
};
const read = async (change: object = {}, by = key) => tokens.read(await sign(by, claims(change)));

describe('a logout token', () => {
  it('says whose logins end, and of which session there', async () => {
    expect(await read()).toEqual({ username: 'openid:olga', sid: 'there' });
    expect(await read({ sid: undefined })).toEqual({ username: 'openid:olga' });
    expect(await read({ sub: undefined })).toEqual({ sid: 'there' });
  });

  it.each<[string, object]>([
    ['another issuer', { iss: 'https://evil.example' }],
    ['another audience', { aud: 'another' }],
    ['nobody in it', { sub: undefined, sid: undefined }],
    ['a subject that is none', { sub: '\u001b[2J' }],
    ['an empty subject', { sub: '' }],
    ['no event', { events: undefined }],
    ['another event', { events: { 'https://evil.example': {} } }],
    ['a list of events', { events: Object.keys(EVENTS) }],
    ['a nonce, as an ID token has', { nonce: 'n' }],
    ['no id', { jti: undefined }],
    ['no time', { iat: undefined }],
  ])('with %s is refused', async (_, change) => {
    await expect(read(change)).rejects.toEqual(REFUSED);
  });

  it('is no ID token', async () => {
    const idToken = await sign(key, idClaims(directory.issuer, 'n', unixS()));
    await expect(tokens.read(idToken)).rejects.toEqual(REFUSED);
  });

  it('is refused when it is too old, over, or of later', async () => {
    await expect(read({ iat: unixS() - 131 })).rejects.toEqual(REFUSED);
    await expect(read({ exp: unixS() - 11 })).rejects.toEqual(REFUSED);
    await expect(read({ iat: unixS() + 11 })).rejects.toEqual(REFUSED);
    expect(await read({ iat: unixS() - 100, exp: undefined })).toMatchObject({ sid: 'there' });
  });

  it('counts once, for as long as it could be shown again', async () => {
    const token = await sign(key, claims());
    await tokens.read(token);
    await expect(tokens.read(token)).rejects.toEqual(REFUSED);
    clock.advance(125_000);
    await expect(tokens.read(token)).rejects.toEqual(REFUSED);
    clock.advance(60_000);
    await expect(tokens.read(token)).rejects.toEqual(REFUSED);
  });

  it('is refused when somebody else signed it, or nobody', async () => {
    await expect(read({}, stranger)).rejects.toEqual(REFUSED);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    await expect(tokens.read(`${part({ alg: 'none' })}.${part(claims())}.`)).rejects.toEqual(
      REFUSED,
    );
    for (const text of ['', 'x', '..', 'a.b.c', '\u0000'.repeat(100)]) {
      await expect(tokens.read(text)).rejects.toEqual(REFUSED);
    }
  });

  it('has the directory asked for its keys once, however many are shown with a key that is not there', async () => {
    await read();
    for (let time = 0; time < 50; time += 1) {
      const token = await sign(key, claims(), { kid: `made-up-${time}` });
      await expect(tokens.read(token)).rejects.toEqual(REFUSED);
    }
    expect(directory.asks('/keys')).toBe(1);
  });

  it('is not read while the directory cannot be reached', async () => {
    directory.answers.set('/keys', (_request, response) => response.destroy());
    await expect(read()).rejects.toMatchObject({ code: 'openid-unreachable' });
  });
});
