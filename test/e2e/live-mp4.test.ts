import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Incident } from '../../src/liveview/model.ts';
import type { ApiCaller } from '../support/api-caller.ts';
import { ServeRun } from '../support/serve.ts';
import { CAMERA_PASSWORD_ENV, SimulateRun } from '../support/simulate.ts';

jest.setTimeout(120_000);

/** How long strangers' players watch. */
const SECONDS = 30;

let cameras: SimulateRun;
let run: ServeRun;
let operator: ApiCaller;

beforeAll(async () => {
  cameras = await SimulateRun.start(['--cameras', '2']);
  run = await ServeRun.start({
    config: { cameras: cameras.config('rtsp') },
    env: CAMERA_PASSWORD_ENV,
  });
  operator = await run.operator();
});

afterAll(async () => {
  await run?.stop('SIGKILL');
  await cameras?.stop('SIGKILL');
});

/** Runs a program to its end; `-headers` carries the token, as a player of a customer would. */
async function play(program: string, args: string[]): Promise<{ stdout: string; stderr: string }> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const [code] = await once(child, 'close');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return { stdout, stderr };
}

function headersOf(caller: ApiCaller): string[] {
  const lines = Object.entries(caller.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return ['-headers', lines.join('')];
}

describe('live.mp4', () => {
  it(`is read by ffprobe for ${SECONDS} s without a warning, in even steps of time`, async () => {
    const { stdout } = await play('ffprobe', [
      ...['-v', 'warning', ...headersOf(operator)],
      ...['-read_intervals', `%+${SECONDS}`, '-select_streams', 'v', '-show_frames'],
      ...['-show_entries', 'frame=pts_time,width,height,pict_type', '-of', 'csv=p=0'],
      `${operator.base}/v1/cameras/shop-1/live.mp4`,
    ]);
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    const times = rows.map((row) => Number(row[0]));
    expect(times.length).toBeGreaterThan(SECONDS * 23);
    expect(new Set(rows.map((row) => `${row[1]}x${row[2]}`))).toEqual(new Set(['1280x720']));
    const steps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(Math.min(...steps)).toBeGreaterThan(0);
    expect(Math.max(...steps)).toBeLessThan(0.5);
  });

  it(`is decoded by ffmpeg for ${SECONDS} s without a warning, on the police side`, async () => {
    const { id } = await operator.call<Incident>('POST', '/v1/incidents', {
      type: 'burglary',
      site: 'site',
      summary: '',
      cameras: ['shop-front'],
    });
    await operator.call('PUT', `/v1/incidents/${id}/grants/rotterdam`, {
      cameras: ['shop-front'],
      rights: ['view'],
    });
    const dispatcher = await run.dispatcher('rotterdam');
    const { stdout } = await play('ffmpeg', [
      ...['-v', 'warning', '-nostdin', ...headersOf(dispatcher)],
      ...['-i', `${dispatcher.base}/v1/incidents/${id}/cameras/shop-front/live.mp4`],
      ...['-t', String(SECONDS), '-f', 'framemd5', '-'],
    ]);
    const hashes = stdout.split('\n').filter((line) => /^0,/.test(line));
    expect(hashes.length).toBeGreaterThan(SECONDS * 20);
    expect(new Set(hashes.map((line) => line.split(',').at(-1))).size).toBeGreaterThan(
      SECONDS * 20,
    );
  });
});
