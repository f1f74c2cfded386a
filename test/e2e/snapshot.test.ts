/** The camera's own picture, from a virtual camera that asks for a password, through a running gateway. */
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { jpegSize } from '../../src/cameras/jpeg.ts';
import { ServeRun } from '../support/serve.ts';
import { CAMERA_PASSWORD_ENV, SimulateRun } from '../support/simulate.ts';
import { until } from '../support/until.ts';

jest.setTimeout(200_000);

let cameras: SimulateRun;
let run: ServeRun;

beforeAll(async () => {
  cameras = await SimulateRun.start(['--cameras', '1', '--looped']);
  const config = { cameras: cameras.config('onvif') };
  run = await ServeRun.start({ config, env: CAMERA_PASSWORD_ENV });
});

afterAll(async () => {
  await run?.stop('SIGKILL');
  await cameras?.stop('SIGKILL');
});

it('is given without a stream being opened, in a smaller size too', async () => {
  const operator = await run.operator();
  const snapshot = async (query: string) => {
    const response = await operator.fetch(`/v1/cameras/shop-1/snapshot.jpg${query}`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
    return Buffer.from(await response.arrayBuffer());
  };
  const channels = async () => {
    const response = await operator.fetch('/metrics');
    expect(response.status).toBe(200);
    return (await response.text()).match(/^liveview_channel_viewers\{.*$/gm) ?? [];
  };
  // A machine so busy that the camera is late gets its picture from the stream; then again in a minute.
  const both = await until(
    "the camera's own picture",
    async () => {
      const pictures = [await snapshot(''), await snapshot('?width=640')];
      return (await channels()).length === 0 ? pictures : undefined;
    },
    150_000,
  );
  expect(both.map(jpegSize)).toEqual([
    { width: 1_920, height: 1_080 },
    { width: 640, height: 360 },
  ]);
});
