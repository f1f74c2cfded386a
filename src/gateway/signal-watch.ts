import { type CameraEvent, type CameraEvents, stateOf } from '../cameras/events.ts';
import type { Clock, Timer } from '../core/clock.ts';
import type { PictureCondition } from '../server/deps.ts';
import type { OwnSources } from './own-sources.ts';
import type { PictureConditions } from './picture-conditions.ts';

export interface SignalWatchOptions {
  readonly pictures: PictureConditions;
  readonly events: CameraEvents;
  /** Which video sources of the ONVIF device are the one of these pictures. Never rejects. */
  readonly ownSources: () => Promise<OwnSources>;
  readonly clock: Clock;
}

const TOPIC = 'VideoSource/SignalLoss';
/** A camera is connected again within this time, and tells its state anew; what it said before counts till then. */
const BELIEVED_MS = 30_000;
/** A recorder has one for each channel. */
const MAX_SOURCES = 256;

/**
 * Believes a camera that says that it has no picture itself (ONVIF `VideoSource/SignalLoss`), also where
 * it goes on sending one, blue or black. It is listened to while its pictures are pulled; what does not
 * play, or is about to, has other things to tell first.
 */
export class SignalWatch {
  readonly #options: SignalWatchOptions;
  /** Sources without a signal, and since when. */
  readonly #lost = new Map<string, number>();
  #leave: (() => void) | undefined;
  #forgetting: Timer | undefined;

  constructor(options: SignalWatchOptions) {
    this.#options = options;
    options.pictures.subscribe((_stream, condition) => this.#pictures(condition));
  }

  #pictures(condition: PictureCondition | undefined): void {
    const { pictures, events } = this.#options;
    if (pictures.all().length === 0) this.#end();
    if (!condition || this.#leave || isWithoutPictures(condition)) return;
    this.#leave = events.listen({
      event: (event) => this.#event(event),
      interrupted: () => this.#interrupted(),
    });
  }

  #end(): void {
    this.#leave?.();
    this.#leave = undefined;
    this.#forget();
  }

  #event(event: CameraEvent): void {
    if (event.topic !== TOPIC && !event.topic.startsWith(`${TOPIC}/`)) return;
    const isLost = event.operation === 'Deleted' ? false : stateOf(event);
    if (isLost === undefined) return;
    this.#forgetting?.cancel();
    const [source = ''] = event.source.values();
    if (!isLost) this.#lost.delete(source);
    else if (!this.#lost.has(source) && this.#lost.size < MAX_SOURCES) {
      this.#lost.set(source, event.unixUs);
    }
    void this.#tell();
  }

  #interrupted(): void {
    this.#forgetting?.cancel();
    this.#forgetting = this.#options.clock.setTimer(BELIEVED_MS, () => this.#forget());
  }

  #forget(): void {
    this.#forgetting?.cancel();
    this.#lost.clear();
    this.#options.pictures.signalLost(undefined);
  }

  /** What holds when the answer is there. Never rejects. */
  async #tell(): Promise<void> {
    const isOurs = await this.#options.ownSources();
    const times = [...this.#lost].filter(([source]) => isOurs(source)).map(([, since]) => since);
    this.#options.pictures.signalLost(times.length > 0 ? Math.min(...times) : undefined);
  }
}

function isWithoutPictures({ state }: PictureCondition): boolean {
  return state === 'connecting' || state === 'no-connection';
}
