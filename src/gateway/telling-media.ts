import type { MediaListener, MediaReader, OpenMedia, ViewerStats } from '../server/deps.ts';
import type { Delivery } from '../video/fragment.ts';
import type { GatewayCamera } from './camera.ts';
import type { PictureConditions } from './picture-conditions.ts';

/** Beside its pictures each viewer is told how the stream is of which they are made. */
export function tellingMedia(
  open: OpenMedia,
  cameras: { get(id: string): Pick<GatewayCamera, 'pictures'> | undefined },
): OpenMedia {
  return (permit, wish, listener) => {
    const pictures = cameras.get(permit.camera)?.pictures;
    if (!pictures) return open(permit, wish, listener);
    const ending = new AbortController();
    const reader = open(permit, wish, {
      readable: () => listener.readable(),
      ended: (end) => {
        ending.abort();
        listener.ended(end);
      },
    });
    return new TellingReader(reader, pictures, listener, ending.signal);
  };
}

class TellingReader implements MediaReader {
  readonly #reader: MediaReader;
  readonly #pictures: PictureConditions;
  readonly #listener: MediaListener;
  readonly #forget: () => void;
  #stream: string;

  constructor(
    reader: MediaReader,
    pictures: PictureConditions,
    listener: MediaListener,
    ended: AbortSignal,
  ) {
    this.#reader = reader;
    this.#pictures = pictures;
    this.#listener = listener;
    this.#stream = streamOf(reader);
    this.#forget = pictures.subscribe((stream, condition) => {
      if (stream === this.#stream && condition) listener.condition?.(condition);
    });
    if (ended.aborted) this.#forget();
    ended.addEventListener('abort', this.#forget, { once: true });
  }

  get quality() {
    return this.#reader.quality;
  }

  get transcoded() {
    return this.#reader.transcoded === true;
  }

  get condition() {
    return this.#pictures.of(this.#stream);
  }

  next(): Delivery | undefined {
    const delivery = this.#reader.next();
    const stream = streamOf(this.#reader);
    if (stream !== this.#stream) this.#changeTo(stream);
    return delivery;
  }

  report(stats: ViewerStats): void {
    this.#reader.report?.(stats);
  }

  close(): void {
    this.#forget();
    this.#reader.close();
  }

  /** Its pictures are made of another stream from now on. */
  #changeTo(stream: string): void {
    this.#stream = stream;
    const { condition } = this;
    if (condition) this.#listener.condition?.(condition);
  }
}

/** Rungs are made of the full picture; see Renditions. */
function streamOf({ quality }: MediaReader): string {
  return quality === 'sub' ? 'sub' : 'main';
}
