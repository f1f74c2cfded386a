/** Who may call the device, over a real socket with a clock that the test moves. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { digestResponse, parseAuthFields } from '../../../src/core/http-auth.ts';
import { type OnvifDevice, startOnvifDevice } from '../../../src/simulator/onvif/device.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { deviceOptions, PASSWORD, post, type Reply, usernameToken } from './support.ts';

const GUARDED = '<tds:GetDeviceInformation/>';
const PATH = '/onvif/device_service';

let clock: ManualClock;
let device: OnvifDevice;
beforeEach(() => {
  clock = new ManualClock();
});
afterEach(() => device.stop());

describe('a UsernameToken', () => {
  it('is accepted once', async () => {
    const url = await started();
    const header = usernameToken({ created: time() });
    expect((await post(url, GUARDED, { header })).status).toBe(200);
    expectRefused(await post(url, GUARDED, { header }));
  });

  it('may carry a nonce again when the first use has left the clock window', async () => {
    const url = await started();
    const nonce = Buffer.from('the same nonce');
    await post(url, GUARDED, { header: usernameToken({ created: time(), nonce }) });
    clock.advance(120_000);
    const again = await post(url, GUARDED, { header: usernameToken({ created: time(), nonce }) });
    expect(again.status).toBe(200);
  });

  it.each([
    ['with a wrong password', { password: 'wrong' }],
    ['with a wrong name', { username: 'Liveview' }],
    ['with the password in plain text', { type: 'PasswordText' }],
    ['made a little too early', { offsetMs: -61_000 }],
    ['made a little too late', { offsetMs: 61_000 }],
    ['without a time', { created: 'now' }],
  ])('is refused %s', async (_, { offsetMs = 0, ...token }: Record<string, unknown>) => {
    const url = await started();
    const created = time(Number(offsetMs));
    expectRefused(await post(url, GUARDED, { header: usernameToken({ created, ...token }) }));
  });

  it('is judged by the device’s own clock, wherever that stands', async () => {
    const url = await started({ clockOffsetMs: 3_600_000 });
    expectRefused(await post(url, GUARDED, { header: usernameToken({ created: time() }) }));
    const header = usernameToken({ created: time(3_600_000) });
    expect((await post(url, GUARDED, { header })).status).toBe(200);
    device.clockOffsetMs = 0;
    expectRefused(
      await post(url, GUARDED, { header: usernameToken({ created: time(3_600_000) }) }),
    );
  });

  it('is not enough for a device that takes HTTP Digest only', async () => {
    const url = await started({ authModes: ['digest'] });
    const reply = await post(url, GUARDED, { header: usernameToken({ created: time() }) });
    expect(reply.status).toBe(401);
  });
});

describe('HTTP Digest', () => {
  it.each(['MD5', 'SHA-256'] as const)(
    'is accepted with %s, request after request',
    async (algorithm) => {
      const url = await started();
      const challenge = challengeOf(await post(url, GUARDED), algorithm);
      for (const count of [1, 2, 3]) {
        const headers = { Authorization: answer(challenge, { count }) };
        expect((await post(url, GUARDED, { headers })).status).toBe(200);
      }
    },
  );

  it('is asked of a client that shows nothing', async () => {
    const reply = await post(await started(), GUARDED);
    expect(reply.status).toBe(401);
    expect(reply.fault).toEqual(['NotAuthorized']);
    expect(challengeOf(reply, 'MD5').get('stale')).toBeUndefined();
  });

  it.each([
    ['a wrong password', { password: 'wrong' }],
    ['another address', { uri: '/onvif/media_service' }],
    ['another method', { method: 'GET' }],
    ['an unknown algorithm', { named: 'SHA-512' }],
  ])('is refused for %s', async (_, changes) => {
    const url = await started();
    const challenge = challengeOf(await post(url, GUARDED), 'MD5');
    const headers = { Authorization: answer(challenge, { count: 1, ...changes }) };
    const reply = await post(url, GUARDED, { headers });
    expect(reply.status).toBe(401);
    expect(challengeOf(reply, 'MD5').get('stale')).toBeUndefined();
  });

  it('calls a nonce stale when its count does not rise', async () => {
    const url = await started();
    const challenge = challengeOf(await post(url, GUARDED), 'MD5');
    const headers = { Authorization: answer(challenge, { count: 1 }) };
    await post(url, GUARDED, { headers });
    const replay = await post(url, GUARDED, { headers });
    expect(replay.status).toBe(401);
    expect(challengeOf(replay, 'MD5').get('stale')).toBe('TRUE');
  });

  it('calls a nonce stale when it has expired, and takes the new one', async () => {
    const url = await started({ digestNonceMs: 150_000 });
    const challenge = challengeOf(await post(url, GUARDED), 'MD5');
    clock.advance(150_001);
    const late = await post(url, GUARDED, {
      headers: { Authorization: answer(challenge, { count: 1 }) },
    });
    const fresh = challengeOf(late, 'MD5');
    expect(fresh.get('stale')).toBe('TRUE');
    const headers = { Authorization: answer(fresh, { count: 1 }) };
    expect((await post(url, GUARDED, { headers })).status).toBe(200);
  });

  it('is not offered by a device that takes UsernameTokens only', async () => {
    const reply = await post(await started({ authModes: ['wsse'] }), GUARDED);
    expectRefused(reply);
    expect(reply.headers.get('www-authenticate')).toBeNull();
  });
});

describe('without signing in', () => {
  it.each([
    'GetSystemDateAndTime',
    'GetCapabilities',
    'GetServices',
    'GetServiceCapabilities',
    'GetHostname',
  ])('anyone may call %s', async (name) => {
    expect((await post(await started(), `<tds:${name}/>`)).status).toBe(200);
  });

  it.each([
    'tds:GetUsers',
    'tds:SetSystemDateAndTime',
    'trt:GetProfiles',
    'tr2:GetServiceCapabilities',
    'tev:CreatePullPointSubscription',
    'tds:NoSuchThing',
  ])('nobody may call %s', async (name) => {
    expect((await post(await started(), `<${name}/>`)).status).toBe(401);
  });

  it('everything is open on a device without passwords', async () => {
    const { credentials: _, ...options } = deviceOptions({ clock });
    device = await startOnvifDevice(options);
    expect((await post(device.url, GUARDED)).status).toBe(200);
  });
});

async function started(options: Parameters<typeof deviceOptions>[0] = {}): Promise<string> {
  device = await startOnvifDevice(deviceOptions({ clock, ...options }));
  return device.url;
}

function time(offsetMs = 0): string {
  return new Date(clock.unixUs() / 1000 + offsetMs).toISOString();
}

function expectRefused(reply: Reply): void {
  expect({ status: reply.status, fault: reply.fault }).toEqual({
    status: 400,
    fault: ['NotAuthorized'],
  });
}

function challengeOf(reply: Reply, algorithm: string): ReadonlyMap<string, string> {
  const offered = parseAuthFields(reply.headers.get('www-authenticate') ?? '');
  const found = offered.find(({ params }) => params.get('algorithm') === algorithm);
  if (!found) throw new Error(`no challenge with ${algorithm}`);
  return found.params;
}

interface AnswerOptions {
  count: number;
  password?: string;
  uri?: string;
  method?: string;
  named?: string;
}

function answer(challenge: ReadonlyMap<string, string>, options: AnswerOptions): string {
  const { password = PASSWORD, uri = PATH, method = 'POST' } = options;
  const algorithm = challenge.get('algorithm') === 'SHA-256' ? 'SHA-256' : 'MD5';
  const nonce = challenge.get('nonce') ?? '';
  const realm = challenge.get('realm') ?? '';
  const nc = options.count.toString(16).padStart(8, '0');
  const response = digestResponse({
    algorithm,
    username: 'liveview',
    realm,
    password,
    method,
    uri,
    nonce,
    qop: { nc, cnonce: 'abc' },
  });
  const named = options.named ?? algorithm;
  return `Digest username="liveview", realm="${realm}", nonce="${nonce}", uri="${uri}", algorithm=${named}, qop=auth, nc=${nc}, cnonce="abc", response="${response}"`;
}
