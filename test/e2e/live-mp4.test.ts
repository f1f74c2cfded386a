import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Incident } from '../../src/liveview/model.ts';
import type { ApiCaller } from '../support/api-caller.ts';
import { ServeRun } from '../support/serve.ts';
import { CAMERA_PASSWORD_ENV, SimulateRun } from '../support/simulate.ts';

jest.setTimeout(240_000);

/** How long strangers' players watch. */
const SECONDS = 30;
/** The camera makes 25 a second, and leaves some out when it does not get a processor in time. */
const STEP_MS = 40;
const FEWEST = SECONDS * 5;

let cameras: SimulateRun;
let run: ServeRun;
let operator: ApiCaller;
/** Both watch at the same time; each test looks at one. */
let probed: Promise<string>;
let decoded: Promise<string>;

beforeAll(async () => {
  cameras = await SimulateRun.start(['--cameras', '2']);
  run = await ServeRun.start({
    config: { cameras: cameras.config('rtsp') },
    env: CAMERA_PASSWORD_ENV,
  });
  operator = await run.operator();
  probed = probe();
  decoded = decode();
});

afterAll(async () => {
  await run?.stop('SIGKILL');
  await cameras?.stop('SIGKILL');
});

/** Runs a program to its end; `-headers` carries the token, as a player of a customer would. */
async function play(program: string, args: string[]): Promise<string> {
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
  return stdout;
}

function headersOf(caller: ApiCaller): string[] {
  const lines = Object.entries(caller.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return ['-headers', lines.join('')];
}

/** On the centre's side. */
function probe(): Promise<string> {
  return play('ffprobe', [
    ...['-v', 'warning', ...headersOf(operator)],
    ...['-read_intervals', `%+${SECONDS}`, '-select_streams', 'v', '-show_frames'],
    ...['-show_entries', 'frame=pts_time,width,height', '-of', 'json'],
    `${operator.base}/v1/cameras/shop-1/live.mp4`,
  ]);
}

/** On the police side, of a shared camera. */
async function decode(): Promise<string> {
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
  return play('ffmpeg', [
    ...['-v', 'warning', '-nostdin', ...headersOf(dispatcher)],
    ...['-i', `${dispatcher.base}/v1/incidents/${id}/cameras/shop-front/live.mp4`],
    ...['-t', String(SECONDS), '-f', 'framemd5', '-'],
  ]);
}

/** Pictures that viewers missed, on each side. */
async function dropped(): Promise<number[]> {
  const text = await (await operator.fetch('/metrics')).text();
  const lines = text.matchAll(/^liveview_dropped_pictures_total\{.*\} (\d+)$/gm);
  return [...lines].map(([, count]) => Number(count));
}

describe('live.mp4', () => {
  it(`is read by ffprobe for ${SECONDS} s without a warning, in even steps of time`, async () => {
    const { frames } = JSON.parse(await probed) as {
      frames: { pts_time: string; width: number; height: number }[];
    };
    expect(frames.length).toBeGreaterThan(FEWEST);
    const sizes = new Set(frames.map((frame) => `${frame.width}x${frame.height}`));
    expect(sizes).toEqual(new Set(['1280x720']));
    const timesMs = frames.map((frame) => Number(frame.pts_time) * 1000);
    const stepsMs = timesMs.slice(1).map((time, index) => time - (timesMs[index] ?? 0));
    expect(Math.min(...stepsMs)).toBeGreaterThan(STEP_MS - 1);
    const uneven = stepsMs.filter((ms) => Math.abs(ms - Math.round(ms / STEP_MS) * STEP_MS) > 1);
    expect(uneven).toEqual([]);
  });

  it(`is decoded by ffmpeg for ${SECONDS} s without a warning, on the police side`, async () => {
    const hashes = (await decoded).split('\n').filter((line) => /^0,/.test(line));
    expect(hashes.length).toBeGreaterThan(FEWEST);
    const different = new Set(hashes.map((line) => line.split(',').at(-1)));
    expect(different.size).toBeGreaterThan(hashes.length * 0.8);
  });

  it('loses no picture of the camera to either', async () => {
    await Promise.all([probed, decoded]);
    expect(await dropped()).toEqual([0, 0]);
  });
});
