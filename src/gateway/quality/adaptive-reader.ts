import type { Clock } from '../../core/clock.ts';
import { LiveViewError } from '../../core/errors.ts';
import { PermitEndedError } from '../../core/permit.ts';
import type { MediaListener, MediaReader, ViewerStats } from '../../server/deps.ts';
import type { Delivery, Fragment, MediaFragment } from '../../video/fragment.ts';
import { Candidate } from './candidate.ts';
import { Meter } from './meter.ts';
import type { QualityFigures } from './quality-figures.ts';
import { initialState, type Level, next, type QualityEvent } from './quality-machine.ts';

export interface AdaptiveOptions {
  readonly clock: Clock;
  readonly listener: MediaListener;
  readonly figures: Pick<QualityFigures, 'has' | 'leaves' | 'moved'>;
  /** What it begins with. */
  readonly openFirst: (listener: MediaListener) => MediaReader;
  /** @throws LiveViewError when it is not to be had now. */
  readonly open: (quality: string, listener: MediaListener) => MediaReader;
  /** Best first. @param kept is among them in any case. */
  readonly levels: (kept: string) => readonly Level[];
  /** What this viewer may take; `Infinity` where nobody shares a ceiling. */
  readonly shareKbps: () => number;
  /** @throws PermitEndedError when nothing may be given any more. */
  readonly check: () => void;
}

/** While all is well, so often is often enough. */
const LOOK_EVERY_MS = 250;
/** What could not be had is not asked for again so soon. */
const BARRED_MS = 60_000;

/**
 * A viewer's reader that moves between the qualities of its camera, at key frames: what it shows goes on
 * until the other can take its place. The viewer sees one stream, numbered without a gap, in which a new
 * generation begins at each move.
 */
export class AdaptiveReader implements MediaReader {
  readonly #options: AdaptiveOptions;
  readonly #meter: Meter;
  readonly #barred = new Map<string, number>();
  /** Of the reader that is shown, whichever it is. */
  readonly #own: MediaListener;
  #reader: MediaReader;
  #state: ReturnType<typeof initialState>;
  #candidate: Candidate | undefined;
  /** What the reader that is shown now had before it took over. */
  #first: Delivery[] = [];
  #sequence = 0;
  #generation = 0;
  #generationOffset = 0;
  #captureUnixUs: number | undefined;
  #deliveredMs = 0;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #over = false;

  /** @throws what `openFirst` throws. */
  constructor(options: AdaptiveOptions) {
    const { clock, listener, openFirst, levels, figures } = options;
    this.#options = options;
    this.#meter = new Meter(clock);
    this.#own = {
      readable: () => {
        this.#meter.readable();
        listener.readable();
      },
      ended: (end) => {
        this.#leave();
        listener.ended(end);
      },
    };
    this.#reader = openFirst(this.#own);
    const quality = this.#reader.quality ?? levels('')[0]?.quality ?? '';
    this.#state = initialState(quality, clock.nowMs());
    if (!this.#over) figures.has(quality);
  }

  get quality(): MediaReader['quality'] {
    return this.#reader.quality;
  }

  get transcoded(): boolean {
    return this.#reader.transcoded === true;
  }

  next(): Delivery | undefined {
    if (this.#candidate) this.#tryMove(this.#candidate);
    const delivery = this.#first.length > 0 ? this.#kept() : this.#reader.next();
    if (delivery) return this.#deliver(delivery);
    this.#meter.emptied();
    return undefined;
  }

  /** It was read while the permit held; that is no reason to give it now. */
  #kept(): Delivery | undefined {
    this.#options.check();
    return this.#over ? undefined : this.#first.shift();
  }

  report({ latencyMs, decoded, dropped }: ViewerStats): void {
    const lateMs = latencyMs - this.#ageMs();
    this.#decide({ kind: 'reported', lateMs, decoded, dropped, ...this.#line() });
  }

  close(): void {
    this.#leave();
    this.#reader.close();
  }

  #leave(): void {
    this.#candidate?.close();
    this.#candidate = undefined;
    this.#first = [];
    if (!this.#over && this.#state) this.#options.figures.leaves(this.#state.quality);
    this.#over = true;
  }

  #deliver(delivery: Delivery): Delivery {
    if (delivery.fragment.kind === 'init') this.#admit();
    const fragment = this.#renumbered(delivery.fragment);
    const nowMs = this.#options.clock.nowMs();
    this.#meter.took(fragment.bytes.length, nowMs);
    if (fragment.kind === 'media') this.#look(fragment, delivery.droppedBefore, nowMs);
    if (delivery.last) this.#meter.emptied();
    const sequence = this.#sequence;
    this.#sequence += 1;
    // What takes over may be ready by now.
    const last = delivery.last === true && this.#candidate === undefined;
    const same = fragment === delivery.fragment && sequence === delivery.sequence;
    return same && last === delivery.last ? delivery : { ...delivery, fragment, sequence, last };
  }

  /** Each reader counts its own generations; for the viewer they are one row. */
  #renumbered(fragment: Fragment): Fragment {
    if (fragment.kind === 'init') {
      const generation = fragment.generation + this.#generationOffset;
      const mustRise = Math.max(0, this.#generation + 1 - generation);
      this.#generationOffset += mustRise;
      this.#generation = generation + mustRise;
    }
    if (fragment.generation === this.#generation) return fragment;
    return { ...fragment, generation: this.#generation };
  }

  /** For every picture of every viewer: nearly always it only notes what it was. */
  #look({ captureUnixUs }: MediaFragment, droppedBefore: number, nowMs: number): void {
    this.#captureUnixUs = captureUnixUs;
    this.#deliveredMs = nowMs;
    const dropped = droppedBefore > 0 && this.#meter.settled ? droppedBefore : 0;
    if (dropped === 0 && nowMs - this.#lookedMs < LOOK_EVERY_MS) return;
    this.#lookedMs = nowMs;
    const waitedMs = this.#meter.waitedMs(captureUnixUs);
    this.#decide({ kind: 'taken', waitedMs, dropped, ...this.#line() });
  }

  /** How old the last picture was when it was given. */
  #ageMs(): number {
    const { clock } = this.#options;
    if (this.#captureUnixUs === undefined) return 0;
    const sinceMs = clock.nowMs() - this.#deliveredMs;
    return (clock.unixUs() - this.#captureUnixUs) / 1_000 - sinceMs;
  }

  #line() {
    const { clock, levels, shareKbps } = this.#options;
    const nowMs = clock.nowMs();
    const { quality } = this.#state;
    const free = (level: Level) =>
      level.quality === quality || (this.#barred.get(level.quality) ?? 0) <= nowMs;
    return {
      nowMs,
      levels: levels(quality).filter(free),
      takenKbps: this.#meter.takenKbps,
      shareKbps: shareKbps(),
    };
  }

  #decide(event: QualityEvent): void {
    if (this.#over) return;
    this.#state = next(this.#state, event);
    const { quality, wanted } = this.#state;
    if (this.#candidate && this.#candidate.quality !== wanted) {
      this.#candidate.close();
      this.#candidate = undefined;
    }
    if (wanted !== quality && !this.#candidate) this.#open(wanted);
  }

  /** Beside the one that is shown. */
  #open(quality: string): void {
    const { clock, open, listener } = this.#options;
    const up = this.#isUp(quality);
    try {
      this.#candidate = new Candidate({
        ...{ quality, clock },
        open: (own) => open(quality, own),
        newerThanUnixUs: () => (up ? this.#captureUnixUs : undefined),
        atNewest: !up,
        onReady: () => listener.readable(),
        onLate: () => this.#giveUp(quality),
        owner: this.#own,
      });
    } catch (error) {
      if (error instanceof PermitEndedError || !(error instanceof LiveViewError)) throw error;
      this.#refuse(quality);
    }
  }

  #tryMove(candidate: Candidate): void {
    if (candidate.look()) this.#moveTo(candidate);
    else if (candidate.failed) this.#giveUp(candidate.quality);
  }

  #giveUp(quality: string): void {
    this.#candidate?.close();
    this.#candidate = undefined;
    this.#refuse(quality);
  }

  #moveTo(candidate: Candidate): void {
    const { clock, figures } = this.#options;
    const { quality } = candidate;
    const up = this.#isUp(quality);
    const { reader, first } = candidate.takeOver();
    figures.moved(this.#state.quality, quality, up);
    this.#reader.close();
    this.#candidate = undefined;
    this.#reader = reader;
    this.#first = [...first];
    this.#meter.rejoined();
    this.#state = next(this.#state, { kind: 'moved', nowMs: clock.nowMs(), quality, up });
  }

  /** A reader that cannot have what it was opened for may have gone over to something cheaper by itself. */
  #admit(): void {
    const from = this.#state.quality;
    const { quality } = this.#reader;
    if (quality === undefined || quality === from || this.#over) return;
    const nowMs = this.#options.clock.nowMs();
    const up = this.#isUp(quality);
    if (!up) this.#barred.set(from, nowMs + BARRED_MS);
    this.#options.figures.moved(from, quality, up);
    this.#state = next(this.#state, { kind: 'moved', nowMs, quality, up });
  }

  #refuse(quality: string): void {
    const nowMs = this.#options.clock.nowMs();
    this.#barred.set(quality, nowMs + BARRED_MS);
    this.#state = next(this.#state, { kind: 'refused', nowMs });
  }

  #isUp(quality: string): boolean {
    const levels = this.#options.levels(this.#state.quality).map((level) => level.quality);
    return levels.indexOf(quality) < levels.indexOf(this.#state.quality);
  }
}
