import { writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { systemClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/log.ts';
import type { Entry } from '../../src/journal/record.ts';
import type { AlarmReport } from '../../src/liveview/alarms.ts';
import { VirtualPanel, type VirtualPanelOptions } from '../../src/simulator/panel/panel.ts';
import { runCli } from '../support/cli.ts';
import { LiveviewProcess } from '../support/liveview-process.ts';
import { ServeRun } from '../support/serve.ts';
import { until } from '../support/until.ts';

jest.setTimeout(180_000);

const KEY = '00112233445566778899aabbccddeeff0123456789abcdef0123456789abcdef';
const ENV = { PANEL_KEY: KEY };
const PANEL_1409 = {
  site: 'jeweller',
  key: { env: 'PANEL_KEY' },
  zones: { '1': { name: 'Kassa', cameras: ['shop-2'] } },
};
// Nobody watches it, so nobody looks for it.
const camera = (id: string) => ({ id, site: 'jeweller', rtsp: { main: 'rtsp://192.0.2.9/1' } });

function config(accounts: object) {
  return {
    sites: [{ id: 'jeweller', name: 'Juwelier' }],
    cameras: [camera('shop-1'), camera('shop-2')],
    alarms: { dc09: { listen: '127.0.0.1:0', accounts } },
  };
}

const running: { stop(signal?: NodeJS.Signals): unknown }[] = [];
afterEach(async () => {
  for (const each of running.splice(0).reverse()) await each.stop('SIGKILL');
});

async function serve(accounts: object, dataDir?: string): Promise<ServeRun> {
  const run = await ServeRun.start({
    config: config(accounts) as never,
    env: ENV,
    ...(dataDir === undefined ? {} : { dataDir }),
  });
  running.push(run);
  return run;
}

async function virtualPanel(run: ServeRun, more: Partial<VirtualPanelOptions> = {}) {
  const sending = new VirtualPanel({
    ...{ clock: systemClock, log: silentLogger, account: '1409', transport: 'tcp' },
    ...{ host: '127.0.0.1', port: (await run.panelPorts()).tcp, secret: Buffer.from(KEY, 'hex') },
    ...more,
  });
  running.push(sending);
  return sending;
}

/** What was raised, by the record that a crash leaves behind. */
async function alarmsOf(run: ServeRun): Promise<AlarmReport[]> {
  const entries = await (await run.auditor()).call<Entry[]>('GET', '/v1/journal');
  return entries.filter(({ kind }) => kind === 'alarm.raised').map(({ data }) => data as never);
}

describe('a gateway at work, and alarm panels', () => {
  it('has the hold-up that a panel sent with the command line', async () => {
    const run = await serve({ '1409': PANEL_1409 });
    const { udp } = await run.panelPorts();
    const command = new LiveviewProcess(
      [
        ...['panel', `127.0.0.1:${udp}`, '--transport', 'udp', '--account', '1409'],
        ...['--key-env', 'PANEL_KEY', '--event', 'hold-up', '--zone', '1', '--area', '2'],
      ],
      ENV,
    );
    expect([await command.ended(), command.stdout]).toEqual([0, 'ACK: taken (encrypted)\n']);
    expect(await alarmsOf(run)).toEqual([
      expect.objectContaining({
        source: { type: 'dc09', id: '1409' },
        site: 'jeweller',
        kind: 'hold-up',
        priority: 1,
        text: {
          nl: 'Overvalalarm, zone 1 (Kassa), gebied 2',
          en: 'Hold-up alarm, zone 1 (Kassa), area 2',
        },
        cameras: ['shop-2'],
      }),
    ]);
    const figures = await (await run.operator()).fetch('/metrics');
    expect(await figures.text()).toMatch(
      /^liveview_panel_messages_total\{outcome="acknowledged"\} 1$/m,
    );
    expect(await run.stop()).toBe(0);
    expect(await runCli(['journal', 'verify', '--data-dir', run.dataDir])).toMatchObject({
      code: 0,
    });
  });

  it('has every alarm that it acknowledged, although it was killed in between', async () => {
    const run = await serve({ '1409': PANEL_1409 });
    const sending = await virtualPanel(run);
    const acknowledged = new Set<number>();
    const sent = (async () => {
      for (let number = 1; ; number = (number % 30) + 1) {
        const { reply } = await sending.report({ name: 'burglary', number });
        if (reply.kind === 'ACK') acknowledged.add(number);
      }
    })();
    const failed = expect(sent).rejects.toThrow();
    await until('some are acknowledged', () => acknowledged.size >= 5);
    await run.stop('SIGKILL');
    await failed;
    const again = await serve({ '1409': PANEL_1409 }, run.dataDir);
    const zones = (await alarmsOf(again)).map(({ details }) => Number(details?.['zone']));
    expect(zones).toEqual(expect.arrayContaining([...acknowledged]));
    // The last one may have been recorded and not acknowledged any more.
    expect(zones.length - acknowledged.size).toBeLessThanOrEqual(1);
  });

  it('takes over other panels with a reload, and keeps the connections of those it has', async () => {
    const run = await serve({ '1409': PANEL_1409 });
    const known = await virtualPanel(run);
    const added = await virtualPanel(run, { account: '14AF', secret: undefined });
    expect((await known.poll()).reply.kind).toBe('ACK');
    expect((await added.report({ name: 'fire' })).reply.kind).toBe('DUH');
    const text = JSON.stringify({
      ...config({ '1409': PANEL_1409, '14af': 'jeweller' }),
      ...{ centre: { listen: '127.0.0.1:0' }, police: { listen: '127.0.0.1:0', insecure: true } },
      controlRooms: [
        { id: 'rotterdam', name: 'Rotterdam' },
        { id: 'den-haag', name: 'Den Haag' },
      ],
      gateway: { dataDir: run.dataDir, logLevel: 'debug' },
    });
    writeFileSync(run.configFile, text);
    run.process.child.kill('SIGHUP');
    await run.process.logged(/configuration read again/);
    expect((await added.report({ name: 'fire' })).reply.kind).toBe('ACK');
    expect((await known.poll()).reply.kind).toBe('ACK');
    expect((await alarmsOf(run)).map(({ kind }) => kind)).toEqual(['fire']);
    expect(run.process.stderr).not.toMatch(/restart/);
  });
});
