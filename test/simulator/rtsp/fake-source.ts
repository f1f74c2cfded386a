import type { PictureSink, PictureSource } from '../../../src/simulator/rtsp/picture-source.ts';
import type { AccessUnit } from '../../../src/video/access-unit.ts';

const SPS = Buffer.from('6742c01fd90050', 'hex');
const PPS = Buffer.from('68cb83cb20', 'hex');

/** A source whose pictures a test makes one by one. */
export class FakeSource implements PictureSource {
  starts = 0;
  sink: PictureSink | undefined;
  #number = 0;

  start(sink: PictureSink): () => void {
    this.starts += 1;
    this.sink = sink;
    return () => {
      if (this.sink === sink) this.sink = undefined;
    };
  }

  /** The slice holds the number of the picture and `size` bytes. */
  picture(keyFrame = false, size = 20): AccessUnit {
    this.#number += 1;
    const slice = Buffer.alloc(size, this.#number & 0x7f);
    slice[0] = keyFrame ? 0x65 : 0x41;
    const unit: AccessUnit = {
      codec: 'h264',
      nalUnits: keyFrame ? [SPS, PPS, slice] : [slice],
      keyFrame,
      pts90k: this.#number * 3600,
      captureUnixUs: this.#number * 40_000,
    };
    this.sink?.accessUnit(unit);
    return unit;
  }
}
