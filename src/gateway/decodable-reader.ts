import { codeOf, describe, LiveViewError } from '../core/errors.ts';
import { PermitEndedError } from '../core/permit.ts';
import type { MediaListener, MediaReader } from '../server/deps.ts';
import type { Delivery } from '../video/fragment.ts';
import { decodes } from './codec-match.ts';

export interface DecodableOptions {
  /** What the viewer decodes, RFC 6381. */
  readonly codecs: readonly string[];
  /** The stream as it was chosen before its codec was known. */
  readonly reader: MediaReader;
  /** The same in a codec that every viewer decodes. @throws LiveViewError when it is not to be had. */
  readonly madeAnew: () => MediaReader;
  readonly listener: MediaListener;
}

/**
 * A viewer's reader of a stream whose codec is known when its first picture comes, and may become
 * another when the camera is set up anew: as long as the viewer decodes it, as it comes; from then on
 * made anew.
 */
export class DecodableReader implements MediaReader {
  readonly #options: DecodableOptions;
  #reader: MediaReader;
  #changed = false;
  /** Number of the next delivery. */
  #sequence = 0;

  constructor(options: DecodableOptions) {
    this.#options = options;
    this.#reader = options.reader;
  }

  get quality(): MediaReader['quality'] {
    return this.#reader.quality;
  }

  get transcoded(): boolean {
    return this.#reader.transcoded === true;
  }

  next(): Delivery | undefined {
    const delivery = this.#reader.next();
    if (!delivery) return undefined;
    const { fragment } = delivery;
    if (fragment.kind === 'init' && !decodes(this.#options.codecs, fragment.codec)) {
      return this.#change(fragment.codec) ? this.next() : undefined;
    }
    const sequence = this.#sequence;
    this.#sequence += 1;
    return delivery.sequence === sequence ? delivery : { ...delivery, sequence };
  }

  close(): void {
    this.#reader.close();
  }

  /** False when there is nothing to change to, which the listener has been told. */
  #change(codec: string): boolean {
    this.#reader.close();
    try {
      if (this.#changed) throw new LiveViewError('codec-not-available', 'nor is there another');
      this.#changed = true;
      this.#reader = this.#options.madeAnew();
      return true;
    } catch (error) {
      if (error instanceof PermitEndedError || !(error instanceof LiveViewError)) throw error;
      this.#options.listener.ended(refusal(codec, error));
      return false;
    }
  }
}

/** Why there is no picture; what stands in the way keeps its own code where it may pass. */
function refusal(codec: string, cause: LiveViewError): { code: string; reason: string } {
  const code = codeOf(cause) === 'quality-not-available' ? 'codec-not-available' : cause.code;
  const reason = `the camera sends ${codec}, which this player does not decode: ${describe(cause)}`;
  return { code, reason };
}
