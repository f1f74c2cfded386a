import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TokenStore } from '../../src/access/tokens.ts';
import { configSchema } from '../../src/config/schema.ts';
import { silentLogger } from '../../src/core/log.ts';
import { type Gateway, startGateway } from '../../src/gateway.ts';
import type { Alarm } from '../../src/liveview/alarm-model.ts';
import type { Incident } from '../../src/liveview/model.ts';
import { verify } from '../../src/verifier/verify.ts';
import { ApiCaller } from '../support/api-caller.ts';
import { runCli } from '../support/cli.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/until.ts';

const DAY_US = 86_400_000_000;
const HOUR_MS = 3_600_000;
const NOTE = 'PLANTED: a witness by name';

/** A whole gateway, in which a month passes. */
describe('a gateway after the term of its journal', () => {
  let dataDir: string;
  let clock: ManualClock;
  let gateway: Gateway;
  let operator: ApiCaller;
  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'liveview-retention-'));
    clock = new ManualClock();
    await start();
  });
  afterEach(async () => {
    await gateway.stop();
    rmSync(dataDir, { recursive: true });
  });

  async function start(): Promise<void> {
    const config = configSchema.parse({
      gateway: { dataDir },
      centre: { listen: '127.0.0.1:0' },
      journal: { keepDays: 30 },
      cameras: [{ id: 'shop-1', rtsp: { main: 'rtsp://127.0.0.1:1/' } }],
    });
    gateway = await startGateway({ config, log: silentLogger, clock });
    const { secret } = new TokenStore(dataDir, clock).issue({
      name: `operator-${clock.unixUs()}`,
      role: 'operator',
    });
    operator = ApiCaller.withToken(gateway.centreUrl, secret.reveal());
  }

  async function incident(note: string): Promise<string> {
    const { id } = await operator.call<Incident>('POST', '/v1/incidents', {
      ...{ type: 'robbery', site: 'site', summary: note, cameras: ['shop-1'] },
    });
    await operator.call('PATCH', `/v1/incidents/${id}`, { note });
    return id;
  }

  const close = (id: string) =>
    operator.call('POST', `/v1/incidents/${id}/close`, { outcome: 'resolved', note: '' });
  const report = (id: string) => operator.fetch(`/v1/incidents/${id}/report`);
  const journal = (...args: string[]) => runCli(['journal', ...args, '--data-dir', dataDir]);

  /** Both verifiers, with the key that was kept at the beginning: of the journal in use, and of its export. */
  async function holds(key: string): Promise<{ removed: number }> {
    const keyFile = join(dataDir, 'kept.pem');
    const file = join(dataDir, 'journal.jsonl');
    writeFileSync(keyFile, key);
    expect(await journal('verify', '--key', keyFile)).toMatchObject({ code: 0 });
    const { stdout } = await journal('export');
    writeFileSync(file, stdout);
    expect(await runCli(['journal', 'verify', file, '--key', keyFile])).toMatchObject({ code: 0 });
    const keys = [JSON.parse((await journal('key', '--json')).stdout).key as string];
    const other = verify(stdout.trimEnd().split('\n'), { keys });
    expect(other).toMatchObject({ ok: true, signedByKept: true, exportSigned: true });
    return { removed: other.ok ? other.removed : -1 };
  }

  it('has forgotten what was over, keeps what is not, and can be proven like before', async () => {
    const key = (await journal('key')).stdout;
    const over = await incident(NOTE);
    const open = await incident('kept');
    await close(over);
    expect((await report(over)).status).toBe(200);
    expect(await holds(key)).toEqual({ removed: 0 });
    const left = join(dataDir, 'egress', 'of-an-earlier-day.jsonl');
    writeFileSync(left, '');
    utimesSync(left, clock.unixUs() / 1_000_000, clock.unixUs() / 1_000_000);

    clock.stepWall(31 * DAY_US);
    clock.advance(HOUR_MS);
    await until('the old incident is forgotten', () => {
      clock.advance(1_000);
      return report(over).then(({ status }) => status === 410);
    });
    await until('so is what left then', () => {
      clock.advance(1_000);
      return !existsSync(left);
    });
    expect(await (await report(over)).json()).toMatchObject({ code: 'incident-removed' });
    expect((await report('inc_never')).status).toBe(404);
    expect(await (await report(open)).text()).toContain('kept');
    const known = await operator.call<Incident[]>('GET', '/v1/incidents');
    expect(known.map(({ id }) => id)).toEqual([open]);

    const auditor = new TokenStore(dataDir, clock).issue({ name: 'auditor', role: 'auditor' });
    const entries = await ApiCaller.withToken(gateway.centreUrl, auditor.secret.reveal()).call<
      Record<string, unknown>[]
    >('GET', `/v1/journal?incident=${over}`);
    expect(entries.map(({ kind }) => kind)).toContain('incident.closed');
    for (const entry of entries) {
      expect(entry).toHaveProperty('content');
      expect(entry).not.toHaveProperty('actor');
      expect(entry).not.toHaveProperty('data');
    }
    expect((await holds(key)).removed).toBeGreaterThanOrEqual(3);
    expect(await journal('export', '--incident', over)).toMatchObject({
      stderr: expect.stringContaining('was removed after its term'),
    });
    expect((await journal('export', '--incident', open)).code).toBe(0);

    await gateway.stop();
    copyFileSync(join(dataDir, 'journal.db'), join(dataDir, 'copy'));
    expect(readFileSync(join(dataDir, 'copy')).includes(NOTE)).toBe(false);
    await start();
    expect((await report(over)).status).toBe(410);
    expect((await report(open)).status).toBe(200);
    expect((await holds(key)).removed).toBeGreaterThanOrEqual(3);
  });

  it('still has an incident that goes on, with the alarm from which it was opened, also after a restart', async () => {
    const alarm = await operator.call<Alarm>('POST', '/v1/alarms', {
      ...{ site: 'site', kind: 'hold-up', text: 'the button' },
    });
    await operator.call('POST', `/v1/alarms/${alarm.id}/look`);
    const verification = { status: 'verified', method: 'camera' };
    await operator.call('POST', `/v1/alarms/${alarm.id}/verification`, verification);
    const { id } = await operator.call<Incident>('POST', '/v1/incidents', { alarm: alarm.id });
    const forgotten = await operator.call<Alarm>('POST', '/v1/alarms', {
      ...{ site: 'site', kind: 'fire', text: 'of no incident' },
    });
    clock.stepWall(31 * DAY_US);
    clock.advance(HOUR_MS);
    await until('what belongs to no incident is forgotten', () => {
      clock.advance(1_000);
      return operator.fetch(`/v1/alarms/${forgotten.id}`).then(({ status }) => status === 404);
    });
    const before = await operator.call<Incident>('GET', `/v1/incidents/${id}`);
    expect(before.alarms).toMatchObject([{ id: alarm.id, text: { en: 'the button' } }]);
    await gateway.stop();
    await start();
    expect(await operator.call('GET', `/v1/incidents/${id}`)).toEqual(before);
    await operator.call('POST', `/v1/incidents/${id}/close`, { outcome: 'resolved', note: '' });
  });
});
