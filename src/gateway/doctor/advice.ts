import { type Advice, distinct } from '../../cameras/advice.ts';
import type { Stream } from '../../cameras/onvif/description.ts';
import { outputFor } from '../../cameras/outputs.ts';
import type { CameraConfig } from '../../config/schema.ts';
import type { DoctorReport } from './doctor.ts';
import type { PtzReport } from './ptz-check.ts';
import type { SessionReport } from './session-check.ts';
import type { StreamReport } from './stream-check.ts';

export type Findings = Omit<DoctorReport, 'ok' | 'advice'> & {
  /** What the probe had to say. */
  readonly probed: readonly Advice[];
  /** What one picture may take of the line to the control room. */
  readonly lineKbps: number;
  /** As the configuration names them. */
  readonly outputs: CameraConfig['outputs'];
};

/** Twice what is asked for in the guide: whoever loses a picture waits up to this long for the next. */
const LONG_GROUP_MS = 4_000;
const UNEVEN_MS = 100;
const LONG_GAP_MS = 1_000;
const CLOCK_OFF_MS = 5_000;
const LARGE_PIXELS = 1920 * 1088;
/** Of the rate that the camera declares. */
const SLOW = 0.8;
/** The gateway takes the full picture and the small one. */
const SESSIONS_NEEDED = 2;

/** What to change, and why; what keeps pictures away first. */
export function adviceFor(findings: Findings): Advice[] {
  const { streams, device, probed, sessions, ptz } = findings;
  const measured = streams.filter((stream) => stream.pictures !== undefined);
  return distinct([
    ...streams.flatMap(forFailure),
    ...probed.filter(({ code }) => !isMeasured(code, measured)),
    ...measured.flatMap((stream) => forStream(stream, findings)),
    ...forClock(findings),
    ...(device || streams.some(({ role }) => role === 'sub') ? [] : [noSubStream()]),
    ...(sessions ? forSessions(sessions) : []),
    ...(ptz ? forPtz(ptz) : []),
    ...forOutputs(findings),
  ]);
}

/** What was measured is better known than what the camera declares. */
function isMeasured(code: string, measured: readonly StreamReport[]): boolean {
  if (code === 'resolution-large') return measured.some(({ role }) => role === 'main');
  const tells = ({ coding, madeOf }: StreamReport) =>
    coding?.codec === 'h265' || madeOf !== undefined;
  return code === 'no-h264' && measured.some(tells);
}

function forFailure({ role, failure }: StreamReport): Advice[] {
  if (!failure) return [];
  return [{ code: failure.code, text: `The ${role} stream: ${failure.message}.` }];
}

function forStream(stream: StreamReport, { device, lineKbps }: Findings): Advice[] {
  const declared = device?.streams.find(({ role }) => role === stream.role);
  return [
    ...forLosses(stream),
    ...forCoding(stream),
    ...forKeyFrames(stream),
    ...forTime(stream),
    ...forRate(stream, declared),
    ...forLine(stream, lineKbps),
  ];
}

function forLosses({ role, losses, packets, transport }: StreamReport): Advice[] {
  if (!losses || !packets) return [];
  const { lost, lostSteps, outliers } = losses;
  const advice: Advice[] = [];
  if (lost + lostSteps > 0) {
    const share = (100 * lost) / Math.max(1, lost + packets.packets);
    const said = `Of the ${role} stream ${lost} packets were lost (${share.toFixed(2)} %)`;
    advice.push(
      transport === 'udp' || transport === 'multicast'
        ? {
            code: 'loss-udp',
            text: `${said} over ${transport}, and each spoils pictures up to the next key frame: set stream.transport to tcp, or look for the overloaded link.`,
          }
        : {
            code: 'loss-tcp',
            text: `${said} although TCP loses nothing: the camera itself drops them, for it cannot keep up or its own buffer is full. Lower its bitrate or frame rate, or close its other viewers.`,
          },
    );
  }
  if (outliers > 0) {
    advice.push({
      code: 'timestamps-jump',
      text: `${outliers} timestamps of the ${role} stream lead hours away. The gateway repairs them; look for newer firmware.`,
    });
  }
  return advice;
}

function forCoding({ role, coding, madeOf, parameterSetsAnnounced }: StreamReport): Advice[] {
  const advice: Advice[] = [];
  if (madeOf !== undefined) {
    advice.push({
      code: 'codec-other',
      text: `The ${role} stream is ${madeOf}, which no console plays: it costs an encoder on the gateway (transcode.maxEncoders) for as long as it is watched, and bitrate on the way. Set it to H.264.`,
    });
    return advice;
  }
  if (coding?.codec === 'h265') {
    advice.push({
      code: 'codec-h265',
      text: `The ${role} stream is H.265, which many workstations cannot decode; for them every picture is transcoded, later and at the cost of a processor: set it to H.264.`,
    });
  }
  if (coding && coding.width * coding.height > LARGE_PIXELS) {
    advice.push({
      code: 'resolution-large',
      text: `The ${role} stream is ${coding.width}×${coding.height}; a profile of 1920×1080 reaches the control room without transcoding.`,
    });
  }
  if (!parameterSetsAnnounced) {
    advice.push({
      code: 'no-parameter-sets',
      text: `The ${role} stream is announced without its parameter sets, so that nothing can be shown before its first key frame; look for newer firmware.`,
    });
  }
  return advice;
}

function forKeyFrames({ role, pictures }: StreamReport): Advice[] {
  if (!pictures) return [];
  const { longestGroupMs, keyFrames, reordered } = pictures;
  const advice: Advice[] = [];
  if (longestGroupMs > LONG_GROUP_MS) {
    const seconds = (longestGroupMs / 1000).toFixed(1);
    const said =
      keyFrames < 2
        ? `The ${role} stream went ${seconds} s without a key frame`
        : `The ${role} stream has up to ${seconds} s between key frames`;
    advice.push({
      code: 'key-frame-interval-long',
      text: `${said}: whoever has lost a picture sees nothing new until the next. Set one every 1 or 2 s (at 25 pictures a second, an interval of 25 to 50), and switch smart codecs off, which stretch it.`,
    });
  }
  if (reordered > 0) {
    advice.push({
      code: 'b-frames',
      text: `The ${role} stream has B-frames, each of which waits for a later picture: set B-frames to 0, or the profile to Baseline.`,
    });
  }
  return advice;
}

function forTime({ role, pictures }: StreamReport): Advice[] {
  if (!pictures) return [];
  const { unevennessMs, longestGapMs } = pictures;
  if (unevennessMs.p95 <= UNEVEN_MS && longestGapMs <= LONG_GAP_MS) return [];
  const [p95, gap] = [Math.round(unevennessMs.p95), Math.round(longestGapMs)];
  return [
    {
      code: 'arrival-uneven',
      text: `The pictures of the ${role} stream come unevenly: one in twenty is ${p95} ms or more out of step, the longest pause was ${gap} ms. Look at the network, a wireless link above all, and at the load of the camera.`,
    },
  ];
}

function forRate(stream: StreamReport, declared: Stream | undefined): Advice[] {
  const { role, pictures, coding, madeOf } = stream;
  const promised = declared?.fps ?? (madeOf === undefined ? coding?.framesPerSecond : undefined);
  const measured = pictures?.framesPerSecond;
  if (promised === undefined || measured === undefined || measured >= promised * SLOW) return [];
  return [
    {
      code: 'frame-rate-low',
      text: `The ${role} stream declares ${promised} pictures a second and sends ${measured.toFixed(1)}: the camera cannot keep up, or a long exposure at night slows it down. Lower the size, or bound the exposure time.`,
    },
  ];
}

/** Only the full picture is measured against the line; the others are there to be smaller. */
function forLine({ role, packets }: StreamReport, lineKbps: number): Advice[] {
  if (role !== 'main' || !packets || packets.peakKbps <= lineKbps) return [];
  const [peak, mean, line] = [packets.peakKbps, packets.kbps, lineKbps].map((kbps) =>
    (kbps / 1000).toFixed(1),
  );
  const why =
    packets.kbps > lineKbps
      ? 'Lower its bitrate'
      : 'Its bitrate varies: set a maximum (or CBR) in the camera';
  return [
    {
      code: 'bitrate-over-line',
      text: `The main stream takes ${mean} Mbit/s and ${peak} in its busiest second, where the line to the control room has ${line} for a picture: viewers there would miss pictures. ${why}.`,
    },
  ];
}

/** ONVIF has told of the clock already where it is spoken. */
function forClock({ streams, device }: Findings): Advice[] {
  if (device?.clockOffsetMs !== undefined) return [];
  const offset = streams.flatMap(({ packets }) => packets?.clockOffsetMs ?? [])[0] ?? 0;
  if (Math.abs(offset) < CLOCK_OFF_MS) return [];
  const way = offset > 0 ? 'ahead' : 'behind';
  return [
    {
      code: 'clock-wrong',
      text: `The camera's clock is ${Math.round(Math.abs(offset) / 1000)} s ${way}, by its sender reports. The gateway copes, but the time in the picture is wrong: set an NTP server in the camera.`,
    },
  ];
}

function noSubStream(): Advice {
  return {
    code: 'no-sub-stream',
    text: 'There is no small stream for tiles: make one of about 640×360 in the camera and name it as rtsp.sub.',
  };
}

function forSessions({ granted, dropped, refusal }: SessionReport): Advice[] {
  const advice: Advice[] = [];
  if (refusal && granted < SESSIONS_NEEDED) {
    advice.push({
      code: 'session-limit',
      text: `The camera serves ${granted} session at a time (${refusal.message}); the gateway takes ${SESSIONS_NEEDED}, the full picture and the small one. Raise its limit, or close its other viewers and recorders.`,
    });
  }
  if (refusal && granted === SESSIONS_NEEDED) {
    advice.push({
      code: 'sessions-none-spare',
      text: `The camera serves ${granted} sessions at a time (${refusal.message}); the gateway takes both, the full picture and the small one, and nobody else finds one, nor the gateway when a recorder was there first. Raise its limit, or leave the gateway as its only client.`,
    });
  }
  if (dropped > 0) {
    advice.push({
      code: 'sessions-dropped',
      text: `The camera ended ${dropped} earlier sessions for a new one: another viewer takes the picture away from the gateway. Leave the gateway as its only client.`,
    });
  }
  return advice;
}

/** What is configured and is not there; what is there and not configured is nobody's fault. */
function forOutputs({ outputs, device }: Findings): Advice[] {
  const known = device?.outputs;
  if (!known) return [];
  const tokens = known.map(({ token }) => token);
  const lacking = outputs.filter(({ token }) => !outputFor(known, token));
  return lacking.map(({ id, token }) => ({
    code: 'output-absent',
    text: `The output ${id} is configured${token === undefined ? '' : ` as ${token}`}, and the camera has ${tokens.join(', ') || 'none'}: correct its token.`,
  }));
}

function forPtz({ axis, moved, stopped, quirks, failure }: PtzReport): Advice[] {
  const advice: Advice[] = [];
  if (failure) {
    advice.push({ code: failure.code, text: `The movement failed: ${failure.message}.` });
  }
  if (stopped === false) {
    advice.push({
      code: 'stop-fails',
      text: 'The camera was still moving seconds after Stop and a zero velocity: let no control room move it (requests.ptz: never) until its firmware is mended.',
    });
  }
  if (quirks.ignoresStop) {
    advice.push({
      code: 'stop-ignored',
      text: 'The camera moves on after Stop; the gateway sends a zero velocity after each.',
    });
  }
  if (moved === false) {
    advice.push({
      code: 'does-not-move',
      text: 'The camera accepted the movement and stayed where it was: it stands at its limit, is locked by a tour or another user, or has no motor.',
    });
  }
  if (axis && !failure && stopped === undefined) {
    advice.push({
      code: 'stop-unverified',
      text: 'The camera does not say where it points, so that nothing proves that it stops: look at the picture while this test runs.',
    });
  }
  return advice;
}
