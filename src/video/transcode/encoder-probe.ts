import type { Clock } from '../../core/clock.ts';
import { describe, LiveViewError } from '../../core/errors.ts';
import { type Encoder, encoderArguments } from './encoder.ts';
import type { FfmpegJob, startFfmpeg } from './ffmpeg.ts';
import { FlvReader } from './flv-reader.ts';

const PICTURES = 5;
/** A driver that has not encoded five small pictures by then hangs. */
const TIMEOUT_MS = 10_000;

/**
 * Whether this machine can really encode with it: a few pictures are, and what comes out is read.
 *
 * @throws LiveViewError `encoder-not-available`, with ffmpeg's last words.
 */
export async function probeEncoder(
  encoder: Encoder,
  { start, clock }: { readonly start: typeof startFfmpeg; readonly clock: Clock },
): Promise<void> {
  const process = start(probeJob(encoder), clock);
  process.stdin.end();
  const timer = clock.setTimer(TIMEOUT_MS, () => void process.stop());
  const reader = new FlvReader();
  let pictures = 0;
  let malformed: unknown;
  process.stdout.on('data', (chunk: Buffer) => {
    try {
      pictures += reader.push(chunk).length;
    } catch (error) {
      malformed ??= error;
    }
  });
  const { code, lastWords } = await process.exited;
  timer.cancel();
  if (code === 0 && pictures === PICTURES) return;
  const words = malformed ? [describe(malformed)] : lastWords.slice(-3);
  const said = words.join('; ') || `${pictures} of ${PICTURES} pictures came out`;
  throw new LiveViewError('encoder-not-available', `${encoder.kind} does not encode: ${said}`);
}

function probeJob(encoder: Encoder): FfmpegJob {
  const how = encoderArguments(encoder, { kbps: 800, burstKbit: 400 });
  return {
    name: `trying ${encoder.kind}`,
    cpuSeconds: TIMEOUT_MS / 1_000,
    inputOptions: [...how.device, '-f', 'lavfi'],
    input: `testsrc2=size=640x360:rate=25:duration=${PICTURES / 25}`,
    outputOptions: [
      ...['-an', '-vf', how.filters.join(','), '-fps_mode', 'passthrough'],
      ...['-c:v', ...how.codec, '-g', '50', '-flvflags', 'no_duration_filesize', '-f', 'flv'],
    ],
    output: 'pipe:1',
  };
}
