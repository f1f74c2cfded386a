import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { until } from '../support/until.ts';
import { Harness } from './harness.ts';

/** How many files of a folder this process has open. */
function filesOf(folder: string): number {
  return readdirSync('/proc/self/fd').filter((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith(folder);
    } catch {
      // Closed meanwhile.
      return false;
    }
  }).length;
}

describe('what surrounds the API', () => {
  let harness: Harness;
  let webRoot: string;
  let readiness = { ready: true, problems: [] as string[] };
  beforeAll(async () => {
    webRoot = mkdtempSync(join(tmpdir(), 'liveview-web-'));
    for (const folder of ['operator', 'meldkamer', 'assets']) mkdirSync(join(webRoot, folder));
    writeFileSync(join(webRoot, 'operator/index.html'), '<p>operator');
    writeFileSync(join(webRoot, 'operator/app.js'), 'operator()');
    writeFileSync(join(webRoot, 'meldkamer/index.html'), '<p>meldkamer');
    writeFileSync(join(webRoot, 'assets/shared.css'), 'p{}');
    writeFileSync(join(webRoot, 'assets/large.js'), '/'.repeat(20 * 1024 * 1024));
    writeFileSync(join(webRoot, 'secret.txt'), 'secret');
    const metrics = new Registry();
    harness = await new Harness({ deps: { webRoot, metrics, status: () => readiness } }).start();
  });
  afterAll(async () => {
    await harness.stop();
    rmSync(webRoot, { recursive: true });
  });

  it('serves each side its own console, and both what they share', async () => {
    expect(await (await harness.fetch('centre', '/')).text()).toBe('<p>operator');
    expect(await (await harness.fetch('police', '/')).text()).toBe('<p>meldkamer');
    expect((await harness.fetch('centre', '/app.js')).headers.get('content-type')).toMatch(
      /javascript/,
    );
    expect((await harness.fetch('police', '/app.js')).status).toBe(404);
    expect(await (await harness.fetch('police', '/assets/shared.css')).text()).toBe('p{}');
  });

  it.each(['/../secret.txt', '/..%2fsecret.txt', '/%2e%2e/secret.txt', '/assets/..%2fsecret.txt'])(
    'does not leave its folder for %s',
    async (path) => {
      const response = await harness.fetch('centre', path);
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(await response.text()).not.toBe('secret');
    },
  );

  it('keeps no file open for whoever asks many times at once and goes', async () => {
    const { hostname, port } = new URL(harness.url('centre', '/'));
    const ask = 'GET /assets/large.js HTTP/1.1\r\nHost: x\r\n\r\n';
    const sockets = Array.from({ length: 30 }, () => connect(Number(port), hostname));
    for (const socket of sockets) socket.on('error', () => undefined).write(ask.repeat(16));
    await until('they are answered', () => sockets.every(({ bytesRead }) => bytesRead > 0));
    expect(filesOf(webRoot)).toBeGreaterThan(0);
    for (const socket of sockets) socket.destroy();
    await until('all files are closed', () => filesOf(webRoot) === 0);
  });

  it('protects every answer, errors too', async () => {
    for (const path of ['/', '/v1/session', '/v1/nothing', '/healthz']) {
      const { headers } = await harness.fetch('centre', path);
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('content-security-policy')).not.toContain('unsafe');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
    }
  });

  it('says whether it lives and whether it is ready, at the centre only', async () => {
    expect(await (await harness.fetch('centre', '/healthz')).json()).toEqual({ status: 'ok' });
    expect((await harness.fetch('centre', '/readyz')).status).toBe(200);
    readiness = { ready: false, problems: ['camera shop-1 is unreachable'] };
    expect((await harness.fetch('centre', '/readyz')).status).toBe(503);
    for (const path of ['/healthz', '/readyz', '/metrics']) {
      expect((await harness.fetch('police', path)).status).toBe(404);
    }
  });

  it.each([
    ['serves', 200, { ready: true, problems: ['camera shop-1: no answer of 192.0.2.1'] }],
    ['does not serve', 503, { ready: false, problems: ['the journal cannot be written'] }],
  ])('tells a stranger whether it is ready, and no more, while it %s', async (_, status, now) => {
    readiness = now;
    await harness.addUser(`admin-${status}`, 'admin');
    const cookie = await harness.logIn('centre', `admin-${status}`);
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
    const strangers = [
      ...[{}, { cookie: 'liveview-centre=nobody' }, bearer('lv_wrong'), { authorization: 'x' }],
      ...(['consumer', 'auditor', 'source'] as const).map((role) => bearer(harness.token(role))),
      bearer(harness.token('dispatcher', 'rotterdam')),
    ];
    const insiders = [
      ...(['operator', 'supervisor', 'admin'] as const).map((role) => bearer(harness.token(role))),
      { cookie },
    ];
    const ask = async (headers: Record<string, string>) => {
      const response = await harness.fetch('centre', '/readyz', { headers });
      return [response.status, await response.json()];
    };
    for (const who of strangers) expect(await ask(who)).toEqual([status, { ready: now.ready }]);
    for (const who of insiders) expect(await ask(who)).toEqual([status, now]);
  });

  it('gives figures of both sides to whoever may read them', async () => {
    expect((await harness.fetch('centre', '/metrics')).status).toBe(401);
    await harness.live('police', 'dispatcher', 'rotterdam');
    const token = harness.token('consumer');
    const text = await (await harness.fetch('centre', '/metrics', { token })).text();
    expect(text).toContain('liveview_sockets{side="police"} 1');
    expect(text).toContain('liveview_sockets{side="centre"} 0');
  });

  it('describes itself: every path, every reference resolved', async () => {
    for (const side of ['centre', 'police'] as const) {
      const document = await (await harness.fetch(side, '/openapi.json')).json();
      const { openapi, paths, components } = document as {
        openapi: string;
        paths: Record<string, Record<string, { operationId: string }>>;
        components: { schemas: Record<string, unknown> };
      };
      expect(openapi).toBe('3.1.0');
      expect(Object.keys(paths).includes('/v1/journal')).toBe(side === 'centre');
      expect(paths['/v1/incidents/{id}']).toHaveProperty('get');
      const references = JSON.stringify(document).match(/#\/components\/schemas\/\w+/g) ?? [];
      const names = new Set(references.map((reference) => reference.split('/').at(-1) ?? ''));
      expect([...names].sort()).toEqual(Object.keys(components.schemas).sort());
      const ids = Object.values(paths).flatMap((each) =>
        Object.values(each).map(({ operationId }) => operationId),
      );
      expect(new Set(ids).size).toBe(ids.length);
    }
  });
});
