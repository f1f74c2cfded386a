/**
 * A picture in I420: one byte of luma a pixel, one byte of each chroma for two by two pixels.
 * Limited range, BT.709. Width and height are even.
 */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Y, U and V one after the other, as ffmpeg reads and writes `yuv420p`. */
  readonly bytes: Uint8Array;
  readonly y: Plane;
  readonly u: Plane;
  readonly v: Plane;
}

export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array;
}

export interface Colour {
  readonly y: number;
  readonly u: number;
  readonly v: number;
}

export function createPicture(width: number, height: number): Picture {
  return pictureIn(new ArrayBuffer(bytesOf(width, height)), width, height);
}

/** In memory that threads share: sent to one, it is the same picture there, not a copy. */
export function createSharedPicture(width: number, height: number): Picture {
  return pictureIn(new SharedArrayBuffer(bytesOf(width, height)), width, height);
}

function bytesOf(width: number, height: number): number {
  return (width * height * 3) / 2;
}

function pictureIn(memory: ArrayBufferLike, width: number, height: number): Picture {
  const luma = width * height;
  const bytes = new Uint8Array(memory);
  const chroma = { width: width / 2, height: height / 2 };
  return {
    width,
    height,
    bytes,
    y: { width, height, bytes: bytes.subarray(0, luma) },
    u: { ...chroma, bytes: bytes.subarray(luma, luma * 1.25) },
    v: { ...chroma, bytes: bytes.subarray(luma * 1.25) },
  };
}

/** `#rrggbb` in limited-range BT.709. */
export function colour(hex: string): Colour {
  const rgb = Number.parseInt(hex.slice(1), 16);
  const [red, green, blue] = [(rgb >> 16) & 255, (rgb >> 8) & 255, rgb & 255];
  const luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return {
    y: 16 + (luma * 219) / 255,
    u: 128 + ((blue - luma) / 1.8556) * (224 / 255),
    v: 128 + ((red - luma) / 1.5748) * (224 / 255),
  };
}

/** From `a` (share 0) to `b` (share 1). */
export function mix(a: Colour, b: Colour, share: number): Colour {
  return {
    y: a.y + (b.y - a.y) * share,
    u: a.u + (b.u - a.u) * share,
    v: a.v + (b.v - a.v) * share,
  };
}
