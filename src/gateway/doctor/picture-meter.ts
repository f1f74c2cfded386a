/** What can be measured on complete pictures as they come in. Pure: time comes with the pictures. */

export interface MeteredPicture {
  readonly keyFrame: boolean;
  /** Units of 1/90000 s, in decoding order. */
  readonly pts90k: number;
  readonly captureUnixUs: number;
}

export interface Spread {
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

export interface PictureFigures {
  readonly pictures: number;
  /** By the camera's own timestamps; absent below two pictures. */
  readonly framesPerSecond?: number;
  readonly keyFrames: number;
  /** From one key frame to the next; absent when there were fewer than two. */
  readonly keyFrameIntervalMs?: { readonly min: number; readonly max: number };
  /** The longest time in which no key frame was seen to begin; a lower bound when there was one at most. */
  readonly longestGroupMs: number;
  /** Pictures that are shown before one that was sent earlier (B-frames). */
  readonly reordered: number;
  /** How far the time between two arrivals was from the time between their timestamps, ms. */
  readonly unevennessMs: Spread;
  /** The longest time without a picture, ms. */
  readonly longestGapMs: number;
}

/** At 60 pictures a second, five minutes. */
const MAX_PICTURES = 20_000;

export class PictureMeter {
  readonly #pictures: MeteredPicture[] = [];

  /** Pictures beyond the bound are not looked at. */
  add({ keyFrame, pts90k, captureUnixUs }: MeteredPicture): void {
    if (this.#pictures.length >= MAX_PICTURES) return;
    this.#pictures.push({ keyFrame, pts90k, captureUnixUs });
  }

  figures(): PictureFigures {
    const pictures = this.#pictures;
    const keyTimes = pictures.filter(({ keyFrame }) => keyFrame).map(({ pts90k }) => pts90k / 90);
    const intervals = steps(keyTimes);
    const framesPerSecond = rateOf(pictures);
    return {
      pictures: pictures.length,
      ...(framesPerSecond === undefined ? {} : { framesPerSecond }),
      keyFrames: keyTimes.length,
      ...(intervals.length === 0
        ? {}
        : { keyFrameIntervalMs: { min: least(intervals), max: most(intervals) } }),
      longestGroupMs: longestGroup(pictures, keyTimes),
      reordered: pictures.length - forward(pictures).length,
      unevennessMs: spread(unevenness(pictures)),
      longestGapMs: most(steps(pictures.map(({ captureUnixUs }) => captureUnixUs / 1000))),
    };
  }
}

/** Those that are shown after everything before them. */
function forward(pictures: readonly MeteredPicture[]): MeteredPicture[] {
  let highest90k = Number.NEGATIVE_INFINITY;
  return pictures.filter(({ pts90k }) => {
    const isForward = pts90k > highest90k;
    if (isForward) highest90k = pts90k;
    return isForward;
  });
}

function rateOf(pictures: readonly MeteredPicture[]): number | undefined {
  const times = pictures.map(({ pts90k }) => pts90k);
  const span90k = most(times) - least(times);
  return span90k > 0 ? ((pictures.length - 1) * 90_000) / span90k : undefined;
}

/** Also from the start of the measurement to the first key frame, and from the last to its end. */
function longestGroup(pictures: readonly MeteredPicture[], keyTimes: readonly number[]): number {
  const times = pictures.map(({ pts90k }) => pts90k / 90);
  return most(steps([least(times), ...keyTimes, most(times)]));
}

function unevenness(pictures: readonly MeteredPicture[]): number[] {
  const inOrder = forward(pictures);
  const arrivals = steps(inOrder.map(({ captureUnixUs }) => captureUnixUs / 1000));
  const stamps = steps(inOrder.map(({ pts90k }) => pts90k / 90));
  return arrivals.map((arrival, i) => Math.abs(arrival - (stamps[i] ?? 0)));
}

function steps(values: readonly number[]): number[] {
  return values.slice(1).map((value, i) => value - (values[i] ?? 0));
}

function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  return { p50: at(0.5), p95: at(0.95), max: at(1) };
}

function most(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), values[0] ?? 0);
}

function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), values[0] ?? 0);
}
