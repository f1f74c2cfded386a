import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { afterEach, expect, it, jest } from '@jest/globals';
import { ServeRun } from '../support/serve.ts';
import { until } from '../support/until.ts';

jest.setTimeout(120_000);

/** Root reads everything: as the service's own user, nobody here has a right that others have not. */
const PLAIN = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-all', '--inh-caps=-all'] : [];

const CONFIG = { cameras: [{ id: 'a', rtsp: { main: 'rtsp://127.0.0.1:1/' } }] };

let run: ServeRun | undefined;
let careless: ChildProcess | undefined;
afterEach(async () => {
  careless?.kill('SIGKILL');
  await run?.stop('SIGKILL');
});

/** By another process of the same user. */
function isRead(pid: number | undefined, file: string): boolean {
  const [command = '', ...args] = [...PLAIN, 'head', '--bytes=1', `/proc/${pid}/${file}`];
  return spawnSync(command, args).stdout.length > 0;
}

it('nobody of its own user reads the memory and the environment of a gateway', async () => {
  run = await ServeRun.start({ config: CONFIG, within: PLAIN });
  const [command = '', ...args] = [...PLAIN, 'sleep', '600'];
  careless = spawn(command, args);
  const { pid } = careless;
  const gateway = run.process.child.pid;
  for (const file of ['environ', 'auxv', 'maps']) {
    await until(`${file} of a program without this care`, () => isRead(pid, file));
    expect([file, isRead(gateway, file)]).toEqual([file, false]);
  }
  expect(isRead(gateway, 'cmdline')).toBe(true);
});

it('a gateway opens no debugger, whoever signals it', async () => {
  run = await ServeRun.start({ config: CONFIG });
  const { child } = run.process;
  child.kill('SIGUSR1');
  const script = "setInterval(() => {}, 1000); console.error('up')";
  careless = spawn(process.execPath, ['--inspect-port=0', '-e', script]);
  let said = '';
  careless.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await until('a program without this care is there', () => said.includes('up'));
  careless.kill('SIGUSR1');
  await until('it opens its own', () => said.includes('Debugger listening'));
  const { centre } = await run.ready();
  expect((await fetch(`${centre}/healthz`)).status).toBe(200);
  expect(run.process.stderr).not.toContain('Debugger');
});
