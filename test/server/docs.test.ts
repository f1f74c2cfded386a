import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PERMISSIONS } from '../../src/access/permissions.ts';
import { requestAction } from '../../src/liveview/actions.ts';
import { REASON_CODES, textForRooms } from '../../src/liveview/reasons.ts';
import { MESSAGE_ACTIONS } from '../../src/server/live/live-session.ts';
import { STATUS } from '../../src/server/problem.ts';
import { Harness } from './harness.ts';

const read = (name: string) =>
  readFileSync(new URL(`../../docs/reference/${name}`, import.meta.url), 'utf8');
const api = read('api.md');
const protocol = read('protocol.md');
const missing = (text: string, words: readonly string[]) =>
  words.filter((word) => !text.includes(`\`${word}\``));

describe('the reference', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await new Harness().start();
  });
  afterAll(() => harness.stop());

  it('names every route, with its action and whether the police have it, and no other', async () => {
    const found = new Map<string, string>();
    for (const side of ['centre', 'police'] as const) {
      const document = await (await harness.fetch(side, '/openapi.json')).json();
      const { paths } = document as { paths: Record<string, Record<string, unknown>> };
      for (const [path, methods] of Object.entries(paths)) {
        for (const method of Object.keys(methods)) {
          const name = `${method.toUpperCase()} ${path}`;
          const police = found.has(name) ? 'P' : 'only';
          found.set(name, side === 'centre' ? '' : police);
        }
      }
    }
    const rows = [...api.matchAll(/^\| `([A-Z]+ \S+)` \| (\w*) ?\| `([\w.]+)`/gm)];
    const documented = new Map(rows.map(([, name = '', police = '']) => [name, police]));
    expect(new Map([...documented].sort())).toEqual(new Map([...found].sort()));
  });

  it('names every action, code, message and action of a request', () => {
    expect(missing(read('permissions.md'), Object.keys(PERMISSIONS))).toEqual([]);
    expect(missing(api, Object.keys(STATUS))).toEqual([]);
    expect(missing(protocol, Object.keys(MESSAGE_ACTIONS))).toEqual([]);
    expect(missing(protocol, requestAction.options)).toEqual([]);
    const answers = [
      'welcome',
      'watching',
      'dropped',
      'ended',
      'incident',
      'alarm',
      'screen',
      'request',
    ];
    expect(missing(protocol, [...answers, 'pong', 'error'])).toEqual([]);
  });

  it('has what a control room reads for each code of a reason', () => {
    const rows = [...protocol.matchAll(/^\| `([a-z-]+)` \| ([^|]+) \|$/gm)];
    const table = Object.fromEntries(rows.map(([, code = '', words]) => [code, words]));
    for (const code of REASON_CODES)
      expect([code, table[code]]).toEqual([code, textForRooms(code)]);
  });

  it('gives each code its status', () => {
    for (const [status, code] of Object.entries(STATUS).map(([code, status]) => [status, code])) {
      const row = api.split('\n').find((line) => line.startsWith(`| ${status} |`)) ?? '';
      expect([code, row.includes(`\`${code}\``)]).toEqual([code, true]);
    }
  });
});
