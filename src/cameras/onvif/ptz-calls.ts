/** The PTZ service (ONVIF PTZ §5): what is asked is what goes on the wire, and nothing else. */
import type { Preset } from '../control.ts';
import { all, escapeXml, find, finite, textOf, type XmlElement } from '../xml.ts';
import { formatDuration, parseDurationMs } from './duration.ts';
import { isWorthAnotherTry, mediaProfiles, profileToken } from './media-calls.ts';
import { type Range, readSpaces, type Spaces } from './ptz-spaces.ts';
import type { CallOptions, OnvifSession } from './session.ts';
import { element, SCHEMA } from './soap.ts';

export interface PtzDescription {
  /** Token of the media profile through which the camera is moved. */
  readonly profile: string;
  readonly continuous: Spaces;
  readonly absolute: Spaces;
  /** Time-outs that a ContinuousMove may name. */
  readonly timeoutMs?: Range;
  readonly home: boolean;
  /** Where it pointed when it was asked, where it says that. */
  readonly now?: PtzStatus;
}

/** In the camera's own numbers. Pan and tilt travel together; an absent element is unaffected. */
export interface PtzVector {
  readonly panTilt?: { readonly x: number; readonly y: number; readonly space?: string };
  readonly zoom?: { readonly x: number; readonly space?: string };
}

export interface PtzStatus {
  readonly panTilt?: { readonly x: number; readonly y: number };
  readonly zoom?: number;
  /** Absent when the camera does not say. */
  readonly moving?: { readonly panTilt: boolean; readonly zoom: boolean };
}

const MAX_PRESETS = 512;
const MAX_NAME = 128;

/** Undefined for a fixed camera. */
export async function describePtz(
  session: OnvifSession,
  options: CallOptions,
): Promise<PtzDescription | undefined> {
  if ((await session.paths()).ptz === undefined) return undefined;
  const profile = (await mediaProfiles(session, options)).find((each) => each.ptz);
  if (!profile?.ptz) return undefined;
  const { token, ptz: configuration } = profile;
  const choices = await configurationOptions(session, configuration, options);
  const node = await ptzNode(session, configuration, options);
  const offered = find(choices, 'Spaces') ?? find(node, 'SupportedPTZSpaces');
  const timeoutMs = timeoutRange(choices);
  const now = await optional(status(session, { profile: token }, options));
  return {
    profile: token,
    continuous: readSpaces('continuous', offered, configuration),
    absolute: readSpaces('absolute', offered, configuration),
    ...(timeoutMs ? { timeoutMs } : {}),
    ...(now ? { now } : {}),
    home: /^(true|1)$/.test(textOf(node, 'HomeSupported') ?? ''),
  };
}

export async function presets(
  session: OnvifSession,
  { profile }: { profile: string },
  options: CallOptions,
): Promise<readonly Preset[]> {
  const content = profileToken(profile);
  const answer = await ptz(session, 'GetPresets', content, options);
  return all(answer, 'Preset')
    .slice(0, MAX_PRESETS)
    .flatMap((preset) => {
      const token = preset.attributes.get('token');
      return token ? [{ token, name: (textOf(preset, 'Name') ?? token).slice(0, MAX_NAME) }] : [];
    });
}

/** @param args.timeoutMs absent: the camera's own default applies */
export async function continuousMove(
  session: OnvifSession,
  args: { profile: string; velocity: PtzVector; timeoutMs?: number },
  options: CallOptions,
): Promise<void> {
  const timeout =
    args.timeoutMs === undefined ? '' : element('Timeout', formatDuration(args.timeoutMs));
  const velocity = `<Velocity>${vectorXml(args.velocity)}</Velocity>`;
  await ptz(
    session,
    'ContinuousMove',
    `${profileToken(args.profile)}${velocity}${timeout}`,
    options,
  );
}

export async function absoluteMove(
  session: OnvifSession,
  { profile, position }: { profile: string; position: PtzVector },
  options: CallOptions,
): Promise<void> {
  const content = `${profileToken(profile)}<Position>${vectorXml(position)}</Position>`;
  await ptz(session, 'AbsoluteMove', content, options);
}

/** Both elements are always written: absent ones would mean true (§5.3.6). */
export async function stop(
  session: OnvifSession,
  { profile, panTilt, zoom }: { profile: string; panTilt: boolean; zoom: boolean },
  options: CallOptions,
): Promise<void> {
  const axes = `${element('PanTilt', String(panTilt))}${element('Zoom', String(zoom))}`;
  await ptz(session, 'Stop', `${profileToken(profile)}${axes}`, { ...options, lane: 'urgent' });
}

/** Sent past everything that waits, for cameras that lack Stop. */
export async function zeroVelocity(
  session: OnvifSession,
  { profile, velocity }: { profile: string; velocity: PtzVector },
  options: CallOptions,
): Promise<void> {
  await continuousMove(session, { profile, velocity }, { ...options, lane: 'urgent' });
}

export async function goToPreset(
  session: OnvifSession,
  { profile, preset }: { profile: string; preset: string },
  options: CallOptions,
): Promise<void> {
  const content = `${profileToken(profile)}${element('PresetToken', preset)}`;
  await ptz(session, 'GotoPreset', content, options);
}

export async function goHome(
  session: OnvifSession,
  { profile }: { profile: string },
  options: CallOptions,
): Promise<void> {
  await ptz(session, 'GotoHomePosition', profileToken(profile), options);
}

export async function status(
  session: OnvifSession,
  { profile }: { profile: string },
  options: CallOptions,
): Promise<PtzStatus> {
  const answer = await ptz(session, 'GetStatus', profileToken(profile), options);
  const container = find(answer, 'PTZStatus');
  const attribute = (axes: string, name: string) =>
    finite(find(container, 'Position', axes)?.attributes.get(name));
  const [x, y, zoom] = [
    attribute('PanTilt', 'x'),
    attribute('PanTilt', 'y'),
    attribute('Zoom', 'x'),
  ];
  const panTiltState = textOf(container, 'MoveStatus', 'PanTilt');
  const zoomState = textOf(container, 'MoveStatus', 'Zoom');
  const moving = { panTilt: panTiltState === 'MOVING', zoom: zoomState === 'MOVING' };
  return {
    ...(x === undefined || y === undefined ? {} : { panTilt: { x, y } }),
    ...(zoom === undefined ? {} : { zoom }),
    ...(panTiltState === undefined && zoomState === undefined ? {} : { moving }),
  };
}

function ptz(session: OnvifSession, name: string, content: string, options: CallOptions) {
  return session.call({ service: 'ptz', name, content }, options);
}

/** `<PanTilt x y space?/><Zoom x space?/>` of the schema's namespace. */
function vectorXml({ panTilt, zoom }: PtzVector): string {
  const space = (uri: string | undefined) =>
    uri === undefined ? '' : ` space="${escapeXml(uri)}"`;
  const first = panTilt
    ? `<PanTilt x="${decimal(panTilt.x)}" y="${decimal(panTilt.y)}"${space(panTilt.space)} xmlns="${SCHEMA}"/>`
    : '';
  const second = zoom ? `<Zoom x="${decimal(zoom.x)}"${space(zoom.space)} xmlns="${SCHEMA}"/>` : '';
  return `${first}${second}`;
}

/** Never in exponent form, which some cameras cannot read; never −0. */
function decimal(value: number): string {
  return String(Number(value.toFixed(5)) + 0);
}

function timeoutRange(choices: XmlElement | undefined): Range | undefined {
  const min = parseDurationMs(textOf(choices, 'PTZTimeout', 'Min'));
  const max = parseDurationMs(textOf(choices, 'PTZTimeout', 'Max'));
  return min !== undefined && max !== undefined && min <= max ? { min, max } : undefined;
}

async function configurationOptions(
  session: OnvifSession,
  configuration: XmlElement,
  options: CallOptions,
): Promise<XmlElement | undefined> {
  const token = configuration.attributes.get('token');
  if (!token) return undefined;
  const content = element('ConfigurationToken', token);
  const answer = await optional(ptz(session, 'GetConfigurationOptions', content, options));
  return find(answer, 'PTZConfigurationOptions');
}

async function ptzNode(
  session: OnvifSession,
  configuration: XmlElement,
  options: CallOptions,
): Promise<XmlElement | undefined> {
  const token = textOf(configuration, 'NodeToken');
  const nodes = await optional(ptz(session, 'GetNodes', '', options));
  const list = all(nodes, 'PTZNode');
  return list.find((node) => node.attributes.get('token') === token) ?? list[0];
}

/** What a camera refuses to tell is not known; the rest still is. */
async function optional<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isWorthAnotherTry(error)) return undefined;
    throw error;
  }
}
