/** Media2 (ver20, Profile T) and Media1 (ver10, Profile S): profiles, addresses, key frames. */
import { codeOf } from '../../core/errors.ts';
import { all, find, numberOf, textOf, type XmlElement } from '../xml.ts';
import { rewriteHost } from './addresses.ts';
import { CameraError } from './camera-error.ts';
import type { Stream } from './description.ts';
import { assignRoles } from './roles.ts';
import type { CallOptions, OnvifSession } from './session.ts';
import { element, SCHEMA } from './soap.ts';

/** A recorder has one for each channel and size; only this many are looked at. */
const MAX_PROFILES = 64;
/** Addresses are asked for one by one; main and sub first. */
const MAX_URIS = 8;

export type MediaService = 'media2' | 'media';

export interface Profile {
  readonly service: MediaService;
  readonly token: string;
  /** Absent when the profile has no video encoder. */
  readonly video?: Omit<Stream, 'profile' | 'role' | 'uri' | 'source' | 'sourceConfiguration'>;
  readonly sourceToken?: string;
  readonly sourceConfiguration?: string;
  /** The PTZConfiguration element. */
  readonly ptz?: XmlElement;
}

/** Media2 first; Media1 when that is absent or does not work (some D-Link). */
export async function mediaProfiles(
  session: OnvifSession,
  options: CallOptions,
): Promise<readonly Profile[]> {
  const paths = await session.paths();
  if (paths.media2 !== undefined) {
    const profiles = await profilesOf(session, 'media2', options).catch((error) => {
      if (!isWorthAnotherTry(error) || paths.media === undefined) throw error;
      return [];
    });
    if (profiles.length > 0 || paths.media === undefined) return profiles;
  }
  return profilesOf(session, 'media', options);
}

/** The streams with their addresses, `main` and `sub` first. */
export async function streams(
  session: OnvifSession,
  { host }: { host: string },
  options: CallOptions,
): Promise<readonly Stream[]> {
  const profiles = await mediaProfiles(session, options);
  const found: Stream[] = [];
  let failure: unknown;
  for (const { profile, role } of assignRoles(profiles).slice(0, MAX_URIS)) {
    const { token, video, sourceToken, sourceConfiguration } = profile;
    try {
      const { uri, advertised } = await streamUri(session, profile, host, options);
      const advertisedUri = advertised === undefined ? {} : { advertisedUri: advertised };
      const source = {
        ...(sourceToken === undefined ? {} : { source: sourceToken }),
        ...(sourceConfiguration === undefined ? {} : { sourceConfiguration }),
      };
      if (video) found.push({ profile: token, role, ...source, uri, ...advertisedUri, ...video });
    } catch (error) {
      if (!isWorthAnotherTry(error)) throw error;
      failure = error;
    }
  }
  if (found.length === 0 && failure !== undefined) throw failure;
  return found;
}

/** SetSynchronizationPoint (Media2 §5.5.3, Media §5.19). */
export async function requestKeyFrame(
  session: OnvifSession,
  { profile }: { profile: string },
  options: CallOptions,
): Promise<void> {
  await onEither(session, 'SetSynchronizationPoint', profile, options);
}

/** Undefined when the camera offers none. */
export async function snapshotUri(
  session: OnvifSession,
  { profile, host }: { profile: string; host: string },
  options: CallOptions,
): Promise<string | undefined> {
  try {
    const answer = await onEither(session, 'GetSnapshotUri', profile, options);
    const uri = textOf(answer, 'Uri') ?? textOf(answer, 'MediaUri', 'Uri');
    return rewriteHost(uri, ['http', 'https'], host)?.uri;
  } catch (error) {
    if (isWorthAnotherTry(error)) return undefined;
    throw error;
  }
}

/** By Media2 where there is one, else or when that refuses, by Media1. */
async function onEither(
  session: OnvifSession,
  name: string,
  profile: string,
  options: CallOptions,
): Promise<XmlElement> {
  const content = profileToken(profile);
  const { media, media2 } = await session.paths();
  if (media2 !== undefined) {
    try {
      return await session.call({ service: 'media2', name, content }, options);
    } catch (error) {
      if (media === undefined || !isWorthAnotherTry(error)) throw error;
    }
  }
  return session.call({ service: 'media', name, content }, options);
}

async function profilesOf(
  session: OnvifSession,
  service: MediaService,
  options: CallOptions,
): Promise<readonly Profile[]> {
  const content = service === 'media2' ? '<Type>All</Type>' : '';
  const answer = await session.call({ service, name: 'GetProfiles', content }, options);
  return all(answer, 'Profiles')
    .slice(0, MAX_PROFILES)
    .flatMap((profile) => readProfile(service, profile) ?? []);
}

/**
 *   Media2  Profiles@token / Configurations / VideoSource, VideoEncoder, PTZ
 *   Media1  Profiles@token / VideoSourceConfiguration, VideoEncoderConfiguration, PTZConfiguration
 */
function readProfile(service: MediaService, profile: XmlElement): Profile | undefined {
  const token = profile.attributes.get('token');
  if (token === undefined || token === '') return undefined;
  const part = (name: string) =>
    service === 'media2'
      ? find(profile, 'Configurations', name)
      : find(profile, `${name}Configuration`);
  const encoder = part('VideoEncoder');
  const videoSource = part('VideoSource');
  const sourceToken = textOf(videoSource, 'SourceToken');
  const sourceConfiguration = videoSource?.attributes.get('token');
  const ptz = part('PTZ');
  return {
    service,
    token,
    ...(encoder ? { video: readEncoder(encoder) } : {}),
    ...(sourceToken === undefined ? {} : { sourceToken }),
    ...(sourceConfiguration === undefined ? {} : { sourceConfiguration }),
    ...(ptz ? { ptz } : {}),
  };
}

function readEncoder(encoder: XmlElement): NonNullable<Profile['video']> {
  const fps = numberOf(encoder, 'RateControl', 'FrameRateLimit');
  const kbps = numberOf(encoder, 'RateControl', 'BitrateLimit');
  return {
    width: numberOf(encoder, 'Resolution', 'Width') ?? 0,
    height: numberOf(encoder, 'Resolution', 'Height') ?? 0,
    encoding: (textOf(encoder, 'Encoding') ?? '').slice(0, 32),
    ...(fps === undefined ? {} : { fps }),
    ...(kbps === undefined ? {} : { kbps }),
  };
}

async function streamUri(
  session: OnvifSession,
  { service, token }: Profile,
  host: string,
  options: CallOptions,
) {
  const answer = await session.call(
    { service, name: 'GetStreamUri', ...setup(service, token) },
    options,
  );
  const uri = textOf(answer, 'Uri') ?? textOf(answer, 'MediaUri', 'Uri');
  const rewritten = rewriteHost(uri, ['rtsp', 'rtsps'], host);
  if (rewritten) return rewritten;
  throw new CameraError('camera-fault', `the camera gave no RTSP address for profile ${token}`);
}

/** Media2 §5.6.2 has a protocol; Media §5.15.1 a StreamSetup. Both are RTP in the RTSP connection. */
function setup(service: MediaService, token: string): { content: string } {
  if (service === 'media2') return { content: `<Protocol>RTSP</Protocol>${profileToken(token)}` };
  const stream =
    `<StreamSetup><Stream xmlns="${SCHEMA}">RTP-Unicast</Stream>` +
    `<Transport xmlns="${SCHEMA}"><Protocol>RTSP</Protocol></Transport></StreamSetup>`;
  return { content: `${stream}${profileToken(token)}` };
}

export function profileToken(token: string): string {
  return element('ProfileToken', token);
}

/** The camera answered, but not what was hoped for. */
export function isWorthAnotherTry(error: unknown): boolean {
  return ['not-supported', 'camera-fault'].includes(codeOf(error));
}
