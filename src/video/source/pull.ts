/** One connection to a camera, from DESCRIBE to TEARDOWN. */
import type { Clock } from '../../core/clock.ts';
import { codeOf, LiveViewError } from '../../core/errors.ts';
import type { Credentials } from '../../core/secret.ts';
import type { AccessUnitSink, ParameterSets } from '../access-unit.ts';
import type { Adapt } from '../rtp/adapt.ts';
import { announcedParameterSets } from '../rtp/sprop.ts';
import type { Timeline } from '../rtp/timeline.ts';
import { type Described, describeStream, type Playing, type SetUp } from '../rtsp/client.ts';
import type { SdpFormat, SdpMedia, SessionDescription } from '../rtsp/sdp.ts';
import type { StreamMemory } from '../rtsp/stream-memory.ts';
import type { TlsTrust } from '../rtsp/tls-trust.ts';
import type { TransportKind } from '../rtsp/transport.ts';
import type { StreamObserver } from './observer.ts';
import { Reception } from './reception.ts';
import type { PlayingHow, SourceCounters } from './state.ts';
import type { Attempt } from './transport-choice.ts';
import { Watchdog } from './watchdog.ts';

export interface PullOptions {
  url: string;
  credentials?: Credentials | undefined;
  /** For rtsps: what the camera's certificate is judged by. */
  trust?: TlsTrust | undefined;
  /** Of a tunnel through HTTP; 80, or 443 for HTTPS, unless given. */
  httpPort?: number | undefined;
  /** Of this stream. */
  memory: StreamMemory;
  /** Of earlier pictures, for a stream that is announced without. */
  knownSets: ParameterSets | undefined;
  /** Over which the camera is connected; the next kind when it refuses one. */
  attempt: Attempt;
  clock: Clock;
  sink: AccessUnitSink;
  timeline: Timeline;
  counters: SourceCounters;
  observer?: StreamObserver | undefined;
  /** Reads codecs that are not read here. */
  adapt?: Adapt | undefined;
  /** Is told what pictures are taken for the camera's without proof. */
  warn?: ((message: string) => void) | undefined;
  /** Longest time without a picture. */
  watchdogMs: number;
  /** The camera has agreed; pictures follow. */
  onPlaying(how: PlayingHow): void;
}

/** Complete pictures without a key frame are a sign of life, but for this many terms only. */
const DECODABLE_TERMS = 1.5;
/** A connection that never had a key frame gets longer: another would hardly begin with one. */
const FIRST_KEY_FRAME_MS = 45_000;
/** Whoever is asked anew for no reason has lost this much, once. */
const RECALLED_MS = 5_000;
/** Field practice: a firewall that lets UDP through does so at once. */
const UDP_SILENCE_MS = 3_000;

/**
 * Plays until the camera, the watchdog or the signal ends it, and tries TEARDOWN before it rejects
 * with the reason. After `udp-silent` and `multicast-silent` another transport may help.
 */
export async function pull(options: PullOptions, signal: AbortSignal): Promise<never> {
  const ends = new AbortController();
  const { playing, reception, transport, recalled } = await agree(options, ends, signal);
  const { codec, madeOf } = reception;
  options.onPlaying({ transport: options.attempt.tunnel ? 'http' : transport, codec, madeOf });
  const watches = watch(options, transport, ends);
  if (recalled) watches.push(watchRecalled(options, ends));
  reception.playing();
  reception.startReports((packet) => playing.sendRtcp(packet));
  const unlink = endWith(signal, ends);
  try {
    throw await reasonToEnd(playing, ends.signal);
  } finally {
    unlink();
    for (const stop of watches) stop();
    await Promise.all([reception.close(), playing.close()]);
  }
}

interface Agreed {
  playing: Playing;
  reception: Reception;
  transport: TransportKind;
  /** By what was remembered. */
  recalled: boolean;
}

/** From DESCRIBE to PLAY; without DESCRIBE where that is remembered and the camera does not mind. */
async function agree(
  options: PullOptions,
  ends: AbortController,
  signal: AbortSignal,
): Promise<Agreed> {
  const { url, credentials, trust, clock, attempt, httpPort, memory } = options;
  const tunnel = attempt.tunnel ? { port: httpPort } : undefined;
  const how = { url, credentials, trust, tunnel, clock, signal, memory };
  const described = await describeStream(how);
  const { recalled } = described;
  try {
    const { setUp, ...prepared } = await prepare(described, options, ends, signal);
    const playing = await orClose(prepared.reception, () => setUp.play());
    return { ...prepared, playing, recalled };
  } catch (error) {
    described.close();
    if (!recalled || signal.aborted || IS_FINAL.has(codeOf(error))) throw error;
    memory.forget();
    return agree(options, ends, signal);
  }
}

/** Asking what there is would not change the answer. */
const IS_FINAL = new Set([
  'camera-refused-credentials',
  'camera-authentication-unknown',
  'camera-busy',
  'too-many-encoders',
]);

interface Prepared {
  setUp: SetUp;
  reception: Reception;
  transport: TransportKind;
}

/** Chooses the video, tells the sink what is known of it, and agrees on a transport. */
async function prepare(
  described: Described,
  options: PullOptions,
  ends: AbortController,
  signal: AbortSignal,
): Promise<Prepared> {
  const { media, format } = chooseVideo(described.sdp);
  const receive = (transport: TransportKind) =>
    new Reception({
      ...options,
      format,
      signal,
      datagrams: transport !== 'tcp',
      onGoodbye: () => ends.abort(saidGoodbye()),
      onUnplayable: (reason) => ends.abort(reason),
    });
  const setUp = async (transport: TransportKind): Promise<Prepared> => {
    const reception = receive(transport);
    const setUp = await orClose(reception, () => described.setUp(media, transport, reception));
    reception.expect(setUp.ssrc);
    return { setUp, reception, transport };
  };
  announce(options, format);
  const { attempt } = options;
  return firstThatCan(attempt.tunnel ? ['tcp'] : attempt.kinds, setUp);
}

async function orClose<T>(reception: Reception, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    await reception.close();
    throw error;
  }
}

/** What says that another transport may do. */
const REFUSED = new Set(['transport-refused', 'multicast-unavailable', 'no-udp-port']);

async function firstThatCan(
  [first, ...others]: readonly [TransportKind, ...TransportKind[]],
  setUp: (transport: TransportKind) => Promise<Prepared>,
): Promise<Prepared> {
  try {
    return await setUp(first);
  } catch (error) {
    const [next, ...rest] = others;
    if (next === undefined || !REFUSED.has(codeOf(error))) throw error;
    return firstThatCan([next, ...rest], setUp);
  }
}

/**
 * H.264 where there is a choice, as every player decodes it; else H.265; else the first video, which
 * is made into H.264 or refused by the name of its codec.
 */
function chooseVideo(sdp: SessionDescription): { media: SdpMedia; format: SdpFormat } {
  const offers = sdp.media
    .filter((media) => media.kind === 'video')
    .flatMap((media) => media.formats.map((format) => ({ media, format })));
  const offering = (encoding: string) => offers.find(({ format }) => format.encoding === encoding);
  const chosen = offering('H264') ?? offering('H265') ?? offers[0];
  if (chosen) return chosen;
  throw new LiveViewError(
    'no-video',
    'the camera describes a stream without video; check the path or the profile',
    { context: { media: sdp.media.map((media) => media.kind) } },
  );
}

function announce({ sink, knownSets }: PullOptions, format: SdpFormat): void {
  const isSame = knownSets?.codec.toUpperCase() === format.encoding;
  const sets = announcedParameterSets(format) ?? (isSame ? knownSets : undefined);
  if (sets) sink.parameterSets(sets);
}

/** What ends a connection that looks alive; returns how to stop looking. */
function watch(
  options: PullOptions,
  transport: TransportKind,
  ends: AbortController,
): (() => void)[] {
  const { clock, counters, watchdogMs } = options;
  const watchdog = new Watchdog({
    clock,
    timeoutMs: watchdogMs,
    count: () => counters.pictures + counters.undecodable,
    expired: () => ends.abort(noPictures(watchdogMs)),
  });
  const decodable = watchDecodable(options, ends);
  const stops = [() => watchdog.stop(), () => decodable.stop()];
  if (transport !== 'tcp') {
    const before = counters.packets;
    const timer = clock.setTimer(UDP_SILENCE_MS, () => {
      if (counters.packets === before) ends.abort(silent(transport));
    });
    stops.push(() => timer.cancel());
  }
  return stops;
}

/** The stream may be another by now, of which nothing can be made; then the camera is asked. */
function watchRecalled({ clock, counters, memory }: PullOptions, ends: AbortController) {
  const before = counters.pictures;
  const timer = clock.setTimer(RECALLED_MS, () => {
    if (counters.pictures !== before) return;
    memory.mistrust();
    ends.abort(recalledInVain());
  });
  return () => timer.cancel();
}

function watchDecodable(options: PullOptions, ends: AbortController): Watchdog {
  const { clock, counters, watchdogMs } = options;
  const [before, startedMs] = [counters.pictures, clock.nowMs()];
  const isPatient = () =>
    counters.pictures === before && clock.nowMs() - startedMs < FIRST_KEY_FRAME_MS;
  const timeoutMs = watchdogMs * DECODABLE_TERMS;
  return new Watchdog({
    clock,
    timeoutMs,
    count: () => (isPatient() ? clock.nowMs() : counters.pictures),
    expired: () => ends.abort(noKeyFrame(timeoutMs)),
  });
}

/**
 * The owner's signal outlives many connections, and nothing of one may stay at it: what
 * `AbortSignal.any` makes is kept by Node for as long as somebody listens and it has not fired.
 */
function endWith(signal: AbortSignal, ends: AbortController): () => void {
  const end = () => ends.abort(signal.reason);
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  return () => signal.removeEventListener('abort', end);
}

function reasonToEnd(playing: Playing, signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(signal.reason);
    signal.addEventListener('abort', () => resolve(signal.reason), { once: true });
    playing.ended.then(resolve);
  });
}

function recalledInVain(): LiveViewError {
  return new LiveViewError(
    'stream-changed',
    'no picture came by what was known of the stream; the camera is asked for it anew',
  );
}

function noPictures(watchdogMs: number): LiveViewError {
  return new LiveViewError(
    'no-pictures',
    `the camera sent no complete picture for ${watchdogMs / 1000} s; it is connected again`,
    { context: { watchdogMs } },
  );
}

function noKeyFrame(timeoutMs: number): LiveViewError {
  return new LiveViewError(
    'no-key-frame',
    `the camera sent no picture that can be decoded for ${timeoutMs / 1000} s; it is connected again. ` +
      'Set a shorter key frame interval in the camera',
    { context: { timeoutMs } },
  );
}

function silent(transport: 'udp' | 'multicast'): LiveViewError {
  const why =
    transport === 'udp' ? 'of a firewall' : 'a switch or router does not pass it on (IGMP)';
  return new LiveViewError(
    `${transport}-silent`,
    `nothing arrives over ${transport === 'udp' ? 'UDP' : 'multicast'}, probably because ${why}; ` +
      'another transport is tried',
  );
}

function saidGoodbye(): LiveViewError {
  return new LiveViewError('camera-ended', 'the camera ended the stream; it is connected again');
}
