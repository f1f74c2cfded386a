import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Side } from '../../src/access/caller.ts';
import { createListener, type Listener } from '../../src/server/listener.ts';
import { RSA } from '../support/certificates.ts';
import { steadyTls } from '../support/steady-tls.ts';
import { Desk } from './certified-desk.ts';
import type { Harness } from './harness.ts';
import { pathWith } from './path-ids.ts';
import { init, picture } from './scripted-media.ts';
import { busySite, type SiteIds, twoSites } from './two-sites.ts';
import { SIDES } from './who-asks.ts';

const webRoot = mkdtempSync(join(tmpdir(), 'liveview-web-'));
let harness: Harness;
let ids: SiteIds;
const listeners = new Map<Side, Listener>();
beforeAll(async () => {
  for (const folder of ['operator', 'meldkamer', 'assets']) {
    mkdirSync(join(webRoot, folder));
    for (const file of ['index.html', 'app.js']) writeFileSync(join(webRoot, folder, file), 'x');
  }
  harness = await twoSites({ deps: { webRoot } });
  harness.media.onOpen = (reader) =>
    queueMicrotask(() => {
      if (reader.closed) return;
      reader.push(init());
      reader.push(picture());
    });
  ids = await busySite(harness, 'jeweller');
  for (const side of SIDES) {
    const at = { side, host: '127.0.0.1', port: 0, tls: steadyTls(RSA) };
    const listener = createListener({ ...at, deps: harness.deps });
    await listener.start();
    listeners.set(side, listener);
  }
});
afterAll(async () => {
  for (const listener of listeners.values()) await listener.stop();
  await harness.stop();
  rmSync(webRoot, { recursive: true });
});

/** What is wrong with the headers of an answer. */
function faults(headers: IncomingHttpHeaders): string[] {
  const policy = String(headers['content-security-policy']);
  const of = (name: string) =>
    policy
      .split(';')
      .map((directive) => directive.trim().split(' '))
      .find(([first]) => first === name)
      ?.slice(1);
  const maxAge = /^max-age=(\d+)/.exec(headers['strict-transport-security'] ?? '')?.[1];
  const scripts = of('script-src') ?? of('default-src') ?? [];
  const good = {
    hsts: Number(maxAge) >= 31_536_000,
    byDefault: of('default-src')?.join() === "'none'",
    scripts: ["'self'", "'none'"].includes(scripts.join()),
    unsafe: !policy.includes('unsafe'),
    framing: headers['x-frame-options'] === 'DENY',
    sniffing: headers['x-content-type-options'] === 'nosniff',
    referrer: headers['referrer-policy'] === 'no-referrer',
  };
  return Object.entries(good).flatMap(([name, isGood]) => (isGood ? [] : [name]));
}

function deskOf(side: Side) {
  const listener = listeners.get(side);
  if (!listener) throw new Error(`no listener for ${side}`);
  return { desk: new Desk(listener, RSA.cert), served: listener.served };
}

describe.each(SIDES)('every answer over TLS on the side of the %s', (side) => {
  it('of every route, to nobody and to somebody, is not to be framed, sniffed, scripted or asked for in the clear', async () => {
    const { desk, served } = deskOf(side);
    const known =
      side === 'centre' ? harness.token('supervisor') : harness.token('dispatcher', 'rotterdam');
    const statuses = new Set<number | undefined>();
    for (const { method, path } of served) {
      const at = pathWith(path, ids).replace('*', 'app.js');
      for (const token of [undefined, 'lv_none', known]) {
        const json = ['POST', 'PUT', 'PATCH'].includes(method) ? {} : undefined;
        const answer = await desk.answer(method, at, { token, json });
        statuses.add(answer.statusCode);
        expect([method, path, faults(answer.headers)]).toEqual([method, path, []]);
        answer.destroy();
      }
    }
    // Answers of all kinds were among them.
    expect([...statuses]).toEqual(expect.arrayContaining([200, 204, 400, 401, 404]));
  });

  it('of no route is so too', async () => {
    const { desk } = deskOf(side);
    for (const [method, path] of [
      ['GET', '/v1/nothing'],
      ['GET', '/nothing.js'],
      ['GET', '/assets/none.css'],
      ['GET', '/%ff'],
      ['GET', `/v1/incidents/${'x'.repeat(300)}`],
      ['OPTIONS', '/v1/session'],
      ['TRACE', '/'],
    ] as const) {
      const { status, headers } = await desk.ask(method, path);
      expect(status).toBeGreaterThanOrEqual(400);
      expect([method, path, faults(headers as IncomingHttpHeaders)]).toEqual([method, path, []]);
    }
  });
});

describe.each(['operator', 'meldkamer'])('the page of the console %s', (name) => {
  const page = readFileSync(new URL(`../../web/${name}/index.html`, import.meta.url), 'utf8');

  it('has nothing inline that the policy would refuse', () => {
    const scripts = [...page.matchAll(/<script\b([^>]*)>([^<]*)<\/script>/g)];
    expect(scripts.map(([, , inside]) => inside)).toEqual(scripts.map(() => ''));
    expect(scripts.every(([, attributes]) => /\bsrc="\/assets\//.test(attributes ?? ''))).toBe(
      true,
    );
    expect(scripts.length).toBeGreaterThan(0);
    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=|javascript:/);
  });
});
