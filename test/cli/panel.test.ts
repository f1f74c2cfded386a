import { createSecretKey } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { PanelAccount } from '../../src/alarms/dc09/account.ts';
import { Dc09Receiver } from '../../src/alarms/dc09/receiver.ts';
import { systemClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/log.ts';
import { runCli } from '../support/cli.ts';

const KEY = '00112233445566778899aabbccddeeff';
const LOOPBACK = { host: '127.0.0.1', port: 0 };
let receiver: Dc09Receiver | undefined;

afterEach(() => receiver?.stop());

/** Listens for account 1409; gives what it is told, and how to call it. */
async function listen(more: Partial<PanelAccount> = {}) {
  const texts: string[] = [];
  const byDefault = { takesPlain: false, timeCheck: 'encrypted', zones: new Map() } as const;
  const account: PanelAccount = { number: '1409', site: 'shop', ...byDefault, ...more };
  receiver = new Dc09Receiver({
    clock: systemClock,
    log: silentLogger,
    accounts: new Map([['1409', account]]),
    onReports: (reports) => void texts.push(...reports.map(({ text }) => text.en)),
    silent: () => new Set(),
    ...{ tcp: LOOPBACK, udp: LOOPBACK },
  });
  await receiver.start();
  const { tcp, udp } = receiver.ports;
  return { texts, tcp: `127.0.0.1:${tcp}`, udp: `127.0.0.1:${udp}` };
}

describe('liveview panel', () => {
  it('sends an event and says that it was taken', async () => {
    const { texts, tcp } = await listen();
    const args = ['--account', '1409', '--event', 'hold-up', '--zone', '12', '--area', '1'];
    expect(await runCli(['panel', tcp, ...args, '--label', 'Kassa'])).toEqual({
      code: 0,
      stdout: 'ACK: taken (in the clear)\n',
      stderr: '',
    });
    expect(texts).toEqual(['Hold-up alarm, zone 12 (Kassa), area 1']);
  });

  it('encrypts with a key from a file or the environment, over UDP, in Contact ID', async () => {
    const { texts, udp } = await listen({ key: createSecretKey(Buffer.from(KEY, 'hex')) });
    const file = join(mkdtempSync(join(tmpdir(), 'liveview-')), 'panel.key');
    writeFileSync(file, `${KEY}\n`);
    const args = ['panel', udp, '--account', '1409', '--transport', 'udp', '--format', 'cid'];
    const fire = await runCli([...args, '--event', 'fire', '--key-file', file]);
    expect(fire.stdout).toBe('ACK: taken (encrypted)\n');
    const over = ['--event', 'fire', '--over', '--key-env', 'PANEL_KEY', '--json'];
    const { code, stdout } = await runCli([...args, ...over], { env: { PANEL_KEY: KEY } });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      ...{ reply: 'ACK', encrypted: true, sequence: 1, tries: 1, clockSet: false },
      time: expect.stringMatching(/^\d\d:\d\d:\d\d,/),
    });
    expect(texts).toEqual(['Fire alarm', 'Restored: fire alarm']);
  });

  it('sends a test unless told otherwise, which is no alarm', async () => {
    const { texts, tcp } = await listen();
    expect(await runCli(['panel', tcp, '--account', '1409'])).toMatchObject({ code: 0 });
    expect(texts).toEqual([]);
    expect(receiver?.counts).toMatchObject({ acknowledged: 1, activities: 1 });
  });

  it('says what to look at when it is refused, and exits with 1', async () => {
    const { texts, tcp } = await listen();
    const { code, stderr } = await runCli(['panel', tcp, '--account', '6666', '--event', 'fire']);
    expect(code).toBe(1);
    expect(stderr).toContain('DUH: the receiver does not take this');
    expect(texts).toEqual([]);
  });

  it('exits with 4 when nothing answers', async () => {
    const { tcp } = await listen();
    await receiver?.stop();
    const { code, stderr } = await runCli(['panel', tcp, '--account', '1409']);
    expect(code).toBe(4);
    expect(stderr).toContain(`no receiver answers at ${tcp} by TCP`);
  });

  it.each([
    ['no account', []],
    ['an account that is none', ['--account', 'shop']],
    ['an event that is none', ['--account', '1409', '--event', 'party']],
    ['supervision without a pause', ['--account', '1409', '--supervise', '0s']],
    ['a file that is not there', ['--account', '1409', '--transport', 'tls', '--ca', '/nowhere']],
  ])('refuses %s', async (_, args) => {
    expect(await runCli(['panel', '127.0.0.1:1', ...args])).toMatchObject({ code: 2 });
  });

  it('refuses a key that is none', async () => {
    const { code, stderr } = await runCli(
      ['panel', '127.0.0.1:1', '--account', '1409', '--key-env', 'PANEL_KEY'],
      { env: { PANEL_KEY: 's3cret' } },
    );
    expect(code).toBe(3);
    expect(stderr).not.toContain('s3cret');
  });
});
