import { type Advice, distinct } from '../advice.ts';
import type { ProbeReport, ProbeStep } from './probe.ts';

type Findings = Omit<ProbeReport, 'ok' | 'advice'>;

/** Tokens that are a minute off are refused by cameras that check; video carries the time, too. */
const CLOCK_OFF_MS = 5_000;
/** More than the police network and most screens take; it will be transcoded. */
const LARGE_PIXELS = 1920 * 1088;

/** What a person can do about what was found, most important first. */
export function adviceFor(findings: Findings, hadCredentials: boolean): Advice[] {
  return distinct([
    ...findings.steps.flatMap((step) => forFailure(step, findings, hadCredentials)),
    ...forClock(findings),
    ...forStreams(findings),
    ...forControl(findings),
  ]);
}

function forFailure(step: ProbeStep, { host, port }: Findings, hadCredentials: boolean): Advice[] {
  if (step.outcome !== 'failed') return [];
  const where = `${host}:${port}`;
  if (step.code === 'camera-refused-credentials') {
    return hadCredentials
      ? [
          {
            code: 'credentials-refused',
            text: 'The camera refuses this user name or password. Many cameras keep separate ONVIF users: add one in its web page, under network or integration, with the right to move the camera.',
          },
        ]
      : [
          {
            code: 'credentials-missing',
            text: 'The camera wants a user name and password: give --username and --password-env or --password-file.',
          },
        ];
  }
  if (step.step === 'reach' && step.code === 'camera-fault') {
    return [
      {
        code: 'not-onvif',
        text: `Something answers at ${where}, but not ONVIF. Switch ONVIF on in the camera's web page, or try another port: 80, 8000, 8080, 8899 and 2020 are usual.`,
      },
    ];
  }
  if (step.code === 'camera-unreachable' || step.code === 'timeout') {
    return [
      {
        code: 'unreachable',
        text: `Nothing usable answers at ${where}. Check the address, the port and the network; liveview discover lists the cameras that can be heard.`,
      },
    ];
  }
  return [{ code: `${step.step}-failed`, text: `${step.step}: ${step.detail}.` }];
}

function forClock({ clockOffsetMs = 0 }: Findings): Advice[] {
  if (Math.abs(clockOffsetMs) < CLOCK_OFF_MS) return [];
  const seconds = Math.round(Math.abs(clockOffsetMs) / 1000);
  const way = clockOffsetMs > 0 ? 'ahead' : 'behind';
  return [
    {
      code: 'clock-wrong',
      text: `The camera's clock is ${seconds} s ${way}. The gateway copes, but the time in the picture is wrong: set an NTP server in the camera.`,
    },
  ];
}

function forStreams({ streams, steps, host }: Findings): Advice[] {
  if (!steps.some(({ step, outcome }) => step === 'streams' && outcome === 'ok')) return [];
  const main = streams.find(({ role }) => role === 'main');
  if (!main) {
    return [
      { code: 'no-profile', text: 'The camera has no video profile: make one in its web page.' },
    ];
  }
  const advice: Advice[] = [];
  if (!streams.some(({ encoding }) => /^H\.?264$/i.test(encoding))) {
    const cost = /^H\.?265$/i.test(main.encoding)
      ? 'is transcoded for every player that does not decode it'
      : 'no player decodes: it costs an encoder on the gateway';
    advice.push({
      code: 'no-h264',
      text: `There is no H.264 profile (${main.encoding} instead), which ${cost}: set one profile to H.264.`,
    });
  } else if (!streams.some(({ role }) => role === 'sub')) {
    advice.push({
      code: 'no-sub-stream',
      text: 'There is no small stream for tiles: add an H.264 profile of about 640×360.',
    });
  }
  if (main.width * main.height > LARGE_PIXELS) {
    advice.push({
      code: 'resolution-large',
      text: `The main stream is ${main.width}×${main.height}; a profile of 1920×1080 reaches the control room without transcoding.`,
    });
  }
  const elsewhere = streams.find(({ advertisedUri }) => advertisedUri !== undefined);
  if (elsewhere) {
    advice.push({
      code: 'address-replaced',
      text: `The camera gives out the address ${elsewhere.advertisedUri}; ${host} is used instead. If no picture comes, name the stream under rtsp in the configuration.`,
    });
  }
  return advice;
}

function forControl({ control, services, quirks }: Findings): Advice[] {
  const advice: Advice[] = [];
  const moves = control && (control.continuous.panTilt || control.continuous.zoom);
  if (control && !moves && services.includes('ptz')) {
    advice.push({
      code: 'no-ptz-profile',
      text: 'The camera has a PTZ service but no profile that can be moved: if it is a dome, add PTZ to its profile.',
    });
  }
  if (quirks.lacksStop) {
    advice.push({
      code: 'stop-unknown',
      text: 'The camera does not know Stop; it is stopped with a zero velocity.',
    });
  }
  return advice;
}
