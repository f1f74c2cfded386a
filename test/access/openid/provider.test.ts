/** What a hostile or broken directory may answer, over real sockets; time is the test's own. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ANSWER_MS } from '../../../src/access/openid/bounded-fetch.ts';
import type { Pending } from '../../../src/access/openid/pending.ts';
import { checkDescription, Provider } from '../../../src/access/openid/provider.ts';
import { CAMERA_CA, SELF_SIGNED, SIGNED } from '../../support/certificates.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { CLIENT_ID, CLIENT_SECRET } from '../../support/openid/directory.ts';
import {
  idClaims,
  makeKey,
  ScriptedDirectory,
  sign,
} from '../../support/openid/scripted-directory.ts';
import { termsOf } from '../../support/openid/terms.ts';
import { until } from '../../support/until.ts';

const DESCRIPTION = '/.well-known/openid-configuration';
const PENDING: Pending = {
  ...{ state: 's'.repeat(43), nonce: 'n'.repeat(43), verifier: 'v'.repeat(43) },
};

const key = await makeKey('one');
const stranger = await makeKey('one');

let clock: ManualClock;
let directory: ScriptedDirectory;
let provider: Provider;
beforeEach(async () => {
  clock = new ManualClock();
  directory = await ScriptedDirectory.showing(key);
  provider = new Provider(termsOf(directory.issuer), clock);
});
afterEach(() => directory.stop());

const unixS = () => Math.floor(clock.unixUs() / 1e6);

/** Comes back with a code for an ID token that says this. */
async function comeBack(
  change: Record<string, unknown> = {},
  token = (claims: Record<string, unknown>) => sign(key, claims),
  of: Provider = provider,
) {
  directory.idToken = await token({
    ...idClaims(directory.issuer, PENDING.nonce, unixS()),
    ...change,
  });
  return of.claims(new URLSearchParams({ code: 'c', state: PENDING.state }), PENDING);
}

const refused = (code: string) => expect.objectContaining({ code });

describe('an ID token', () => {
  it('that is right says who it is; the code goes with the verifier and the secret', async () => {
    expect(await comeBack()).toMatchObject({ sub: 'olga', groups: ['operators'] });
    const sent = directory.asked.find(({ path }) => path === '/token');
    expect(Object.fromEntries(new URLSearchParams(sent?.body))).toEqual({
      ...{ grant_type: 'authorization_code', code: 'c', code_verifier: PENDING.verifier },
      redirect_uri: 'http://127.0.0.1:8080/v1/session/openid/callback',
    });
    expect(sent?.headers).toMatchObject({
      authorization: expect.stringMatching(/^Basic /),
    });
  });

  it.each<[string, Record<string, unknown>]>([
    ['another nonce', { nonce: 'x'.repeat(43) }],
    ['no nonce', { nonce: undefined }],
    ['another issuer', { iss: 'https://evil.example' }],
    ['another audience', { aud: 'another client' }],
    ['several audiences and another party', { aud: [CLIENT_ID, 'other'], azp: 'other' }],
    ['no audience', { aud: undefined }],
    ['no subject', { sub: undefined }],
    ['no end', { exp: undefined }],
    ['no beginning', { iat: undefined }],
  ])('with %s is refused', async (_, change) => {
    await expect(comeBack(change)).rejects.toEqual(refused('openid-failed'));
  });

  it('is over when its time is, but for ten seconds of clocks that differ', async () => {
    await expect(comeBack({ exp: unixS() - 11 })).rejects.toEqual(refused('openid-failed'));
    expect(await comeBack({ exp: unixS() - 8 })).toMatchObject({ sub: 'olga' });
    await expect(comeBack({ nbf: unixS() + 12 })).rejects.toEqual(refused('openid-failed'));
  });

  it('is judged by our clock, wherever that stands', async () => {
    clock.stepWall(-400 * 86_400 * 1e6);
    expect(await comeBack()).toMatchObject({ sub: 'olga' });
    const later = unixS() + 2 * 86_400;
    await expect(comeBack({ iat: later, nbf: later })).rejects.toEqual(refused('openid-failed'));
  });

  it.each<[string, (claims: Record<string, unknown>) => Promise<string>]>([
    ['signed with a key of somebody else', (claims) => sign(stranger, claims)],
    ['signed with a key that is not shown', (claims) => sign(key, claims, { kid: 'other' })],
    ['that was changed', async (claims) => changed(await sign(key, claims), claims)],
    ['that is not signed', async (claims) => unsigned(claims, { alg: 'none' })],
    [
      'that is not signed and says another thing',
      async (claims) => unsigned(claims, { alg: 'ES256', kid: 'one' }),
    ],
    [
      'with an extension that it calls critical',
      (claims) => sign(key, claims, { crit: ['b64'], b64: true }),
    ],
    ['that is none', async () => 'not a token'],
    ['that is not there', async () => ''],
  ])('%s is refused', async (_, token) => {
    await expect(comeBack({}, token)).rejects.toEqual(refused('openid-failed'));
  });

  it('signed with what both sides know is refused', async () => {
    directory.description = { id_token_signing_alg_values_supported: ['HS256', 'none'] };
    const { SignJWT } = await import('jose');
    const shared = new TextEncoder().encode(CLIENT_SECRET);
    const token = (claims: Record<string, unknown>) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(shared);
    await expect(comeBack({}, token)).rejects.toEqual(refused('openid-failed'));
    await expect(comeBack({}, async (claims) => unsigned(claims, { alg: 'none' }))).rejects.toEqual(
      refused('openid-failed'),
    );
  });

  it('signed with a key that is new is taken at once; with one that was taken away it is not', async () => {
    expect(await comeBack()).toMatchObject({ sub: 'olga' });
    const next = await makeKey('two');
    directory.keys = [next];
    expect(await comeBack({}, (claims) => sign(next, claims))).toMatchObject({ sub: 'olga' });
    await expect(comeBack()).rejects.toEqual(refused('openid-failed'));
  });

  it('of a login that is too long ago is refused where the configuration says so', async () => {
    const strict = new Provider(termsOf(directory.issuer, { maxAgeSeconds: 60 }), clock);
    expect(await strict.authorizationUrl(PENDING)).toContain('max_age=60');
    const at = (auth_time: number | undefined) => comeBack({ auth_time }, undefined, strict);
    expect(await at(unixS() - 50)).toMatchObject({ sub: 'olga' });
    await expect(at(unixS() - 90)).rejects.toEqual(refused('openid-failed'));
    await expect(at(undefined)).rejects.toEqual(refused('openid-failed'));
  });
});

describe('the answer of the browser', () => {
  const answer = (more: Record<string, string>) =>
    provider.claims(new URLSearchParams({ code: 'c', state: PENDING.state, ...more }), PENDING);

  it('of another directory goes no further (mix-up)', async () => {
    await expect(answer({ iss: 'https://evil.example' })).rejects.toEqual(refused('openid-failed'));
    directory.description = { authorization_response_iss_parameter_supported: true };
    const strict = new Provider(termsOf(directory.issuer), clock);
    const without = new URLSearchParams({ code: 'c', state: PENDING.state });
    await expect(strict.claims(without, PENDING)).rejects.toEqual(refused('openid-failed'));
    expect(directory.asks('/token')).toBe(0);
  });

  it('with another state goes no further', async () => {
    await expect(answer({ state: 'x'.repeat(43) })).rejects.toEqual(refused('openid-failed'));
    expect(directory.asks('/token')).toBe(0);
  });

  it('that says an error is told as one, whatever it says', async () => {
    await expect(answer({ error: 'access_denied' })).rejects.toEqual(refused('openid-denied'));
    for (const error of ['\u001b[2J', CLIENT_SECRET, 'Basic bGl2ZXZpZXc6', 'x'.repeat(41), '']) {
      await expect(answer({ error })).rejects.toMatchObject({
        ...{ code: 'openid-failed', message: 'what the directory says is not as it should be' },
      });
    }
  });
});

describe('a description', () => {
  it.each<[string, Record<string, unknown>]>([
    ['of another issuer', { issuer: 'https://evil.example' }],
    [
      'whose token endpoint is elsewhere by plain HTTP',
      { token_endpoint: 'http://192.0.2.1/token' },
    ],
    ['whose keys are elsewhere by plain HTTP', { jwks_uri: 'http://192.0.2.1/keys' }],
    ['that sends browsers to a script', { authorization_endpoint: 'javascript:alert(1)' }],
    ['that sends browsers to a file', { authorization_endpoint: 'file:///etc/passwd' }],
    ['without keys', { jwks_uri: undefined }],
    ['without a token endpoint', { token_endpoint: undefined }],
  ])('%s is refused', async (_, description) => {
    directory.description = description;
    await expect(provider.authorizationUrl(PENDING)).rejects.toEqual(refused('openid-failed'));
  });

  it('of all tenants is not that of one, and none is', () => {
    const all = 'https://login.microsoftonline.com/{tenantid}/v2.0';
    const told = (issuer: string) => ({
      ...{ issuer, authorization_endpoint: 'https://a', token_endpoint: 'https://b' },
      jwks_uri: 'https://c',
    });
    for (const asked of ['common', 'organizations', '00000000-0000-0000-0000-000000000001']) {
      const issuer = `https://login.microsoftonline.com/${asked}/v2.0`;
      expect(() => checkDescription(told(all), issuer, false)).toThrow(/says that it is/);
      expect(() => checkDescription(told(issuer), issuer, false)).not.toThrow();
    }
    for (const issuer of ['', 'x', '//login.example']) {
      expect(() => checkDescription(told(issuer), 'https://login.example', false)).toThrow(
        refused('openid-failed'),
      );
    }
  });

  it('is believed for an hour', async () => {
    await provider.describe();
    clock.advance(59 * 60_000);
    await provider.describe();
    expect(directory.asks(DESCRIPTION)).toBe(1);
    clock.advance(60_000);
    await provider.describe();
    expect(directory.asks(DESCRIPTION)).toBe(2);
  });

  it('is asked for once, however many want it', async () => {
    await Promise.all(Array.from({ length: 20 }, () => provider.authorizationUrl(PENDING)));
    expect(directory.asks(DESCRIPTION)).toBe(1);
  });
});

describe('a directory over HTTPS', () => {
  beforeEach(async () => {
    await directory.stop();
    directory = await ScriptedDirectory.showing(key, SIGNED);
  });

  it('is known by the authority that the configuration names', async () => {
    const trusting = new Provider(termsOf(directory.issuer, { ca: CAMERA_CA }), clock);
    expect(await comeBack({}, undefined, trusting)).toMatchObject({ sub: 'olga' });
  });

  it('is not asked anything when its certificate is of nobody that is trusted', async () => {
    for (const terms of [{}, { ca: SELF_SIGNED.cert }]) {
      const other = new Provider(termsOf(directory.issuer, terms), clock);
      await expect(other.describe()).rejects.toEqual(refused('openid-unreachable'));
    }
    expect(directory.asked).toEqual([]);
  });

  it.each(['token_endpoint', 'jwks_uri', 'authorization_endpoint'])(
    'does not lead to plain HTTP, on this machine neither, by its %s',
    async (name) => {
      directory.description = { [name]: 'http://127.0.0.1:1/x' };
      const trusting = new Provider(termsOf(directory.issuer, { ca: CAMERA_CA }), clock);
      await expect(trusting.describe()).rejects.toEqual(refused('openid-failed'));
    },
  );
});

describe('a directory that does not answer as it should', () => {
  it.each(['/token', '/keys', DESCRIPTION])('is not followed elsewhere from %s', async (path) => {
    directory.answers.set(path, (_request, response) => {
      response.writeHead(302, { location: `${directory.issuer}/elsewhere` });
      response.end();
    });
    await expect(comeBack()).rejects.toMatchObject({
      ...{ code: 'openid-failed', message: expect.stringContaining('sends us elsewhere') },
    });
    expect(directory.asks('/elsewhere')).toBe(0);
  });

  it.each(['/token', '/keys', DESCRIPTION])('is cut off when %s has no end', async (path) => {
    directory.answers.set(path, (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const chunk = Buffer.alloc(16_384, ' ');
      const more = () => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', more);
      more();
    });
    await expect(comeBack()).rejects.toMatchObject({
      ...{ code: 'openid-failed', message: expect.stringContaining('more than 262144 bytes') },
    });
  });

  it.each(['/token', '/keys', DESCRIPTION])('is given up when %s says nothing', async (path) => {
    directory.answers.set(path, () => undefined);
    const back = expect(comeBack()).rejects.toEqual(refused('openid-unreachable'));
    await until('it is asked', () => directory.asks(path));
    clock.advance(ANSWER_MS);
    await back;
  });

  it('is given up when it says something again and again and comes to no end', async () => {
    directory.answers.set('/token', (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{');
    });
    const back = expect(comeBack()).rejects.toEqual(refused('openid-unreachable'));
    await until('it is asked', () => directory.asks('/token'));
    clock.advance(ANSWER_MS);
    await back;
  });

  it.each<[string, number, string, string]>([
    ['an error', 500, 'text/html', '<h1>oh</h1>'],
    ['a page', 200, 'text/html', '<h1>log in</h1>'],
    ['broken JSON', 200, 'application/json', '{"a":'],
    ['a list', 200, 'application/json', '[]'],
    ['a refusal', 400, 'application/json', '{"error":"invalid_grant"}'],
    ['something with a prototype', 200, 'application/json', '{"__proto__":{"id_token":"x"}}'],
  ])('is refused with %s for tokens', async (_, status, type, body) => {
    directory.answers.set('/token', (_request, response) => {
      response.writeHead(status, { 'content-type': type });
      response.end(body);
    });
    await expect(comeBack()).rejects.toEqual(refused('openid-failed'));
  });

  it('says of a client that is not known what the directory says', async () => {
    directory.answers.set('/token', (_request, response) => {
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end('{"error":"invalid_client"}');
    });
    await expect(comeBack()).rejects.toMatchObject({
      message: 'the directory answers invalid_client',
    });
  });

  it('is asked again when it is back, and not before the back-off is over', async () => {
    const { port } = directory;
    const gone = new Provider(termsOf(directory.issuer), clock);
    await directory.stop();
    const fails = () => expect(gone.describe()).rejects.toEqual(refused('openid-unreachable'));
    await fails();
    directory = await new ScriptedDirectory().start(port);
    await fails();
    expect(directory.asked).toEqual([]);
    clock.advance(1_000);
    await gone.describe();
    expect(directory.asks(DESCRIPTION)).toBe(1);
  });

  it('is not asked more and more often while it is away', async () => {
    directory.answers.set(DESCRIPTION, (_request, response) => response.destroy());
    for (let second = 0; second < 300; second += 1) {
      await provider.describe().catch(() => undefined);
      clock.advance(1_000);
    }
    // After 0, 1, 3, 7, 15, 31, 63, 123, 183 and 243 seconds.
    expect(directory.asks(DESCRIPTION)).toBe(10);
  });
});

function unsigned(claims: Record<string, unknown>, header: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(claims)}.`;
}

function changed(token: string, claims: Record<string, unknown>): string {
  const [header, , signature] = token.split('.');
  const body = Buffer.from(JSON.stringify({ ...claims, sub: 'admin' })).toString('base64url');
  return `${header}.${body}.${signature}`;
}
