import type { BenchCamera } from './camera-process.ts';
import { DelayMeter } from './delay-meter.ts';
import { CAMERA_FPS } from './measure.ts';
import { Mp4Pictures } from './mp4-pictures.ts';
import type { Viewer } from './viewer.ts';

/** Watches each camera as it is, on channels from `first` on; the pictures say themselves when they were sent. */
export function watchMain(
  viewer: Viewer,
  cameras: readonly BenchCamera[],
  first = 0,
): DelayMeter[] {
  return cameras.map(({ id }, index) => {
    const meter = new DelayMeter(CAMERA_FPS);
    const pictures = new Mp4Pictures();
    viewer.watch(first + index, id, 'main', ({ receivedUs, bytes }) => {
      for (const { seconds, stampUs } of pictures.push(bytes)) {
        meter.arrived({ sentUs: stampUs, receivedUs, seconds });
      }
    });
    return meter;
  });
}

/**
 * Watches each camera through the encoder. What the camera adds to a picture does not pass the
 * encoder, so the picture is watched as it is too: both carry the same capture time, and the stamp
 * of the one is that of the other.
 */
export function watchRung(
  viewer: Viewer,
  cameras: readonly BenchCamera[],
  rung: string,
): DelayMeter[] {
  return cameras.map(({ id }, index) => {
    const meter = new DelayMeter(CAMERA_FPS);
    const stamps = new Stamps();
    const main = new Mp4Pictures();
    const smaller = new Mp4Pictures();
    viewer.watch(2 * index, id, 'main', ({ captureUnixUs, bytes }) => {
      for (const { stampUs } of main.push(bytes)) stamps.keep(captureUnixUs, stampUs);
    });
    viewer.watch(2 * index + 1, id, rung, ({ receivedUs, captureUnixUs, bytes }) => {
      for (const { seconds } of smaller.push(bytes)) {
        meter.arrived({ sentUs: stamps.get(captureUnixUs), receivedUs, seconds });
      }
    });
    return meter;
  });
}

/** More pictures than there are on their way through an encoder. */
const MAX_STAMPS = 500;

/** When pictures were sent, by the time at which they reached the gateway. */
class Stamps {
  readonly #sentUs = new Map<number, number>();

  keep(captureUnixUs: number, sentUs: number | undefined): void {
    if (sentUs === undefined) return;
    this.#sentUs.set(captureUnixUs, sentUs);
    const [oldest] = this.#sentUs.keys();
    if (this.#sentUs.size > MAX_STAMPS && oldest !== undefined) this.#sentUs.delete(oldest);
  }

  get(captureUnixUs: number): number | undefined {
    return this.#sentUs.get(captureUnixUs);
  }
}
