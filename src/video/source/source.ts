/**
 * The pictures of one stream of one camera, for as long as they are wanted: `run` repeats `runOnce`
 * with back-off until it is told to stop. Time goes on over reconnects.
 */
import { Backoff, CAMERA_BACKOFF } from '../../core/backoff.ts';
import { type Clock, sleep, type Timer } from '../../core/clock.ts';
import { withDeadline } from '../../core/deadline.ts';
import { AbortedError, asError, codeOf, describe, LiveViewError } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import { Runner } from '../../core/runner.ts';
import type { Credentials } from '../../core/secret.ts';
import type { AccessUnit, AccessUnitSink, ParameterSets } from '../access-unit.ts';
import type { Adapt } from '../rtp/adapt.ts';
import { parameterSetsIn } from '../rtp/sprop.ts';
import { Timeline } from '../rtp/timeline.ts';
import { StreamMemory } from '../rtsp/stream-memory.ts';
import { parseStreamUrl } from '../rtsp/stream-url.ts';
import type { TlsTrust } from '../rtsp/tls-trust.ts';
import { GroupWatch } from './group-watch.ts';
import type { HostBudget } from './host-budget.ts';
import type { StreamObserver } from './observer.ts';
import { pull } from './pull.ts';
import { noCounts, type PlayingHow, type SourceCounters, type SourceState } from './state.ts';
import {
  type Attempt,
  type Transport,
  TransportChoice,
  type TransportMemory,
  type TransportWish,
} from './transport-choice.ts';

export interface SourceOptions {
  /** Named in the log. */
  camera: string;
  /** `rtsp://…`; with `refresh` the camera has refused the last one, so ask ONVIF again. */
  streamUri: (refresh: boolean) => Promise<string> | string;
  credentials?: Credentials | undefined;
  transport: TransportWish;
  /** What `auto` has found to work; the source's own unless given. */
  memory?: TransportMemory | undefined;
  /** For rtsps: what the camera's certificate is judged by. */
  trust?: TlsTrust | undefined;
  /** Of a tunnel through HTTP; 80, or 443 for HTTPS, unless given. */
  httpPort?: number | undefined;
  /** Sessions that the camera's host may be asked for; shared by the sources. */
  budget?: HostBudget | undefined;
  clock: Clock;
  log: Logger;
  sink: AccessUnitSink;
  onState: (state: SourceState) => void;
  observer?: StreamObserver | undefined;
  /** Reads codecs that are not read here; without it they are refused. */
  adapt?: Adapt | undefined;
  /** Asked after connecting and after a loss, and every two seconds until a key frame comes. */
  requestKeyFrame?: (() => Promise<void>) | undefined;
  /** Longest time without a picture before the camera is connected again. */
  watchdogMs?: number;
  /** 0…1; spreads the retries. */
  random?: () => number;
}

/** Before anything was played: another way to the camera may be open. */
const NO_WAY = new Set([
  'camera-unreachable',
  'camera-closed',
  'transport-refused',
  'tunnel-refused',
]);
/** Over TCP too, when not a single packet came. */
const SILENT = new Set(['udp-silent', 'multicast-silent', 'no-pictures']);
const WATCHDOG_MS = 10_000;
const STREAM_URI_TIMEOUT_MS = 15_000;
const KEY_FRAME_EVERY_MS = 2_000;
/** A connection that held this long has done its work: the next begins without a long wait. */
const PROVEN_MS = 5_000;
/** Cameras lock an account after some wrong passwords, for everybody. */
const REFUSED_WAIT_MS = 30_000;

export class Source {
  readonly #options: SourceOptions;
  readonly #log: Logger;
  readonly #backoff: Backoff;
  readonly #timeline = new Timeline();
  readonly #counters = noCounts();
  readonly #sink: AccessUnitSink;
  readonly #choice: TransportChoice;
  readonly #groups: GroupWatch;
  #state: SourceState = { kind: 'idle' };
  readonly #runner = new Runner('the source', (signal) => this.run(signal));
  #attempts = 0;
  /** Pictures of connections whose end the sink knows of. */
  #toldPictures = 0;
  /** Of the newest connection, once it plays. */
  #transport: Transport | undefined;
  /** Of the stream; what it knows counts for a start after a stop, not after a break. */
  readonly #streamMemory = new StreamMemory();
  #knownSets: ParameterSets | undefined;
  #refresh = false;
  #lastProblem = '';
  /** What was said to be silent since pictures came last. */
  readonly #saidSilent = new Set<Transport>();
  #askedAtMs = Number.NEGATIVE_INFINITY;
  /** Set while a key frame is waited for. */
  #askAgain: Timer | undefined;
  #playing: (() => void) | undefined;

  constructor(options: SourceOptions) {
    this.#options = options;
    this.#log = options.log.child({ camera: options.camera });
    this.#backoff = new Backoff(CAMERA_BACKOFF, options.random);
    this.#groups = new GroupWatch(this.#log);
    this.#choice = new TransportChoice(options.transport, options.memory);
    this.#sink = {
      parameterSets: (sets: ParameterSets) => options.sink.parameterSets(sets),
      accessUnit: (unit: AccessUnit) => {
        this.#playing?.();
        if (this.#askAgain) this.#stopAsking();
        this.#groups.accessUnit(unit);
        if (unit.keyFrame) this.#knownSets = parameterSetsIn(unit) ?? this.#knownSets;
        options.sink.accessUnit(unit);
      },
      discontinuity: () => {
        this.#groups.interrupted();
        options.sink.discontinuity();
        this.#askForKeyFrame();
      },
    };
  }

  get state(): SourceState {
    return this.#state;
  }

  /** Now; a copy. */
  get counters(): SourceCounters {
    return { ...this.#counters, outliers: this.#timeline.outliers };
  }

  /** Begins to pull; nothing happens when it has begun already. */
  start(): void {
    this.#runner.start();
  }

  /** Resolves when TEARDOWN was tried and nothing is open any more; `start` may follow. */
  stop(): Promise<void> {
    return this.#runner.stop();
  }

  /** Attempt after attempt until the signal aborts. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#enter({ kind: 'connecting' });
      const startedMs = this.#options.clock.nowMs();
      const pictures = this.#counters.pictures;
      const error = await this.runOnce(signal).catch(asError);
      if (signal.aborted) break;
      const lastedMs = this.#options.clock.nowMs() - startedMs;
      if (this.#counters.pictures > pictures && lastedMs >= PROVEN_MS) this.#backoff.reset();
      await this.#wait(error, signal);
    }
    this.#enter({ kind: 'idle' });
  }

  /**
   * One connection that plays, after others where the way to the camera has to be found first. Always
   * rejects: with the reason why the pictures ended, or with the signal's.
   */
  async runOnce(signal: AbortSignal): Promise<never> {
    this.#tellEnd();
    const url = await this.#streamUri(signal);
    const { host: name, tls } = parseStreamUrl(url);
    const host = name.toLowerCase();
    const giveBack = await this.#options.budget?.take(host, signal);
    try {
      return await this.#untilHeard(url, tls, signal);
    } catch (error) {
      if (isFull(error)) this.#options.budget?.full(host);
      throw error;
    } finally {
      giveBack?.();
      this.#playing = undefined;
    }
  }

  /** Whoever agrees and stays silent is asked again over another transport at once. */
  async #untilHeard(url: string, tls: boolean, signal: AbortSignal): Promise<never> {
    for (;;) {
      const { packets } = this.#counters;
      try {
        return await this.#firstWay(url, this.#choice.attempts(tls), signal);
      } catch (error) {
        const transport = this.#transport;
        const isSilent = SILENT.has(codeOf(error)) && this.#counters.packets === packets;
        if (signal.aborted || !isSilent || !transport) throw error;
        if (!this.#choice.silent(transport, tls)) throw error;
        this.#reportSilent(transport, error);
        this.#streamMemory.forget();
      }
    }
  }

  /** What the first says stands when the others lead nowhere either: it is the way that was meant. */
  async #firstWay(
    url: string,
    [first, ...others]: readonly Attempt[],
    signal: AbortSignal,
  ): Promise<never> {
    if (!first) throw new AbortedError('the source');
    try {
      return await this.#connect(url, first, signal);
    } catch (error) {
      if (signal.aborted || others.length === 0 || this.#transport) throw error;
      if (!NO_WAY.has(codeOf(error))) throw error;
      this.#streamMemory.forget();
      return await this.#firstWay(url, others, signal).catch((later: unknown) => {
        throw NO_WAY.has(codeOf(later)) && !this.#transport ? error : later;
      });
    }
  }

  async #streamUri(signal: AbortSignal): Promise<string> {
    const { camera, clock, streamUri } = this.#options;
    const refresh = this.#refresh;
    const url = await withDeadline(
      clock,
      `the stream address of camera ${camera}`,
      STREAM_URI_TIMEOUT_MS,
      async () => await streamUri(refresh),
      signal,
    );
    this.#refresh = false;
    return url;
  }

  async #connect(url: string, attempt: Attempt, signal: AbortSignal): Promise<never> {
    const { clock, credentials, trust, httpPort, watchdogMs = WATCHDOG_MS } = this.#options;
    this.#tellEnd();
    this.#beginTime();
    this.#transport = undefined;
    const pictures = pull(
      {
        ...{ url, credentials, trust, httpPort, attempt, clock, watchdogMs },
        memory: this.#streamMemory,
        knownSets: this.#knownSets,
        sink: this.#sink,
        timeline: this.#timeline,
        counters: this.#counters,
        observer: this.#options.observer,
        adapt: this.#options.adapt,
        warn: (message) => this.#log.warn(message),
        onPlaying: (how) => {
          this.#transport = how.transport;
          this.#askForKeyFrame();
          this.#playing = () => this.#pictures(how);
        },
      },
      signal,
    );
    return pictures.finally(() => {
      this.#stopAsking();
      if (!signal.aborted) this.#tellEnd();
    });
  }

  /** Nothing in the new connection refers to the last. */
  #beginTime(): void {
    this.#attempts += 1;
    if (this.#attempts === 1) return;
    this.#counters.reconnects += 1;
    this.#timeline.restart();
  }

  /** The pictures of a connection have ended: told once, and when that was wished for not before the next. */
  #tellEnd(): void {
    if (this.#counters.pictures === this.#toldPictures) return;
    this.#toldPictures = this.#counters.pictures;
    this.#groups.interrupted();
    this.#options.sink.discontinuity();
  }

  /** The first picture of a connection. */
  #pictures(how: PlayingHow): void {
    this.#playing = undefined;
    this.#lastProblem = '';
    this.#saidSilent.clear();
    this.#choice.worked(how.transport);
    this.#enter({ kind: 'playing', sinceUnixUs: this.#options.clock.unixUs(), ...how });
  }

  async #wait(error: Error, signal: AbortSignal): Promise<void> {
    const code = codeOf(error);
    const { clock } = this.#options;
    this.#streamMemory.forget();
    this.#knownSets = undefined;
    this.#refresh = code === 'stream-not-found' || code === 'session-lost';
    const shortestMs = code === 'camera-refused-credentials' ? REFUSED_WAIT_MS : 0;
    const delayMs = Math.max(shortestMs, this.#backoff.nextMs());
    this.#report(error);
    this.#enter({ kind: 'waiting', error, retryAtMs: clock.nowMs() + delayMs });
    await sleep(clock, delayMs, signal).catch(() => undefined);
  }

  /** The same problem again is no news. */
  #report(error: Error): void {
    const problem = `${codeOf(error)} ${error.message}`;
    if (problem === this.#lastProblem) this.#log.debug('still no pictures', { error });
    else this.#log.warn(describe(error), { code: codeOf(error), error });
    this.#lastProblem = problem;
  }

  #reportSilent(transport: Transport, error: unknown): void {
    if (this.#saidSilent.has(transport)) this.#log.debug('still silent', { transport });
    else this.#log.warn(describe(error), { code: codeOf(error), transport });
    this.#saidSilent.add(transport);
  }

  #enter(state: SourceState): void {
    this.#state = state;
    this.#options.onState(state);
  }

  /**
   * Long groups of pictures would leave the viewer waiting, and a camera may miss or refuse a
   * request: it is asked every two seconds until a key frame comes. Never fatal.
   */
  #askForKeyFrame(): void {
    const { clock, requestKeyFrame } = this.#options;
    if (!requestKeyFrame) return;
    this.#stopAsking();
    const dueInMs = this.#askedAtMs + KEY_FRAME_EVERY_MS - clock.nowMs();
    const nextInMs = dueInMs > 0 ? dueInMs : KEY_FRAME_EVERY_MS;
    this.#askAgain = clock.setTimer(nextInMs, () => this.#askForKeyFrame());
    if (dueInMs > 0) return;
    this.#askedAtMs = clock.nowMs();
    requestKeyFrame().catch((error: unknown) => {
      this.#log.debug('the camera was asked for a key frame in vain', { error });
    });
  }

  #stopAsking(): void {
    this.#askAgain?.cancel();
    this.#askAgain = undefined;
  }
}

/** The camera or recorder serves no more sessions; a 500 may mean that too, or anything else. */
function isFull(error: unknown): boolean {
  return error instanceof LiveViewError && error.context['status'] === 453;
}
