import { element, type Markup, xml } from './markup.ts';
import { invalidArgument } from './soap.ts';

/** A stream of the device, as a client sees it. */
export interface StreamProfile {
  readonly token: string;
  readonly name: string;
  readonly rtspUri: string;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly kbps: number;
}

export const VIDEO_SOURCE = 'video-source';
export const VIDEO_SOURCE_CONFIGURATION = 'video-source-configuration';

/** @throws OnvifFault `ter:NoProfile` */
export function profileOf(profiles: readonly StreamProfile[], token: string): StreamProfile {
  const found = profiles.find((profile) => profile.token === token);
  if (found) return found;
  throw invalidArgument('NoProfile', `there is no media profile ${token}`);
}

export function encoderToken(profile: StreamProfile): string {
  return `encoder-${profile.token}`;
}

/** The profile whose encoder configuration this is. @throws OnvifFault `ter:NoConfig` */
export function profileOfEncoder(profiles: readonly StreamProfile[], token: string): StreamProfile {
  const found = profiles.find((profile) => encoderToken(profile) === token);
  if (found) return found;
  throw invalidArgument('NoConfig', `there is no encoder configuration ${token}`);
}

/** The sensor has the size of the largest profile. */
export function sensorOf(profiles: readonly StreamProfile[]): StreamProfile {
  const [first, ...others] = profiles;
  if (!first) throw invalidArgument('NoVideoSource', 'the device has no profiles');
  return others.reduce((a, b) => (b.width > a.width ? b : a), first);
}

/** The one video source configuration, under the name that Media or Media2 gives it. */
export function videoSourceConfiguration(name: string, profiles: readonly StreamProfile[]): Markup {
  const { width, height } = sensorOf(profiles);
  const content = xml`
    <tt:Name>Video source</tt:Name>
    <tt:UseCount>${profiles.length}</tt:UseCount>
    <tt:SourceToken>${VIDEO_SOURCE}</tt:SourceToken>
    <tt:Bounds x="0" y="0" width="${width}" height="${height}"/>`;
  return element(name, { token: VIDEO_SOURCE_CONFIGURATION }, content);
}

export function resolution({ width, height }: StreamProfile, name = 'tt:Resolution'): Markup {
  return element(name, {}, xml`<tt:Width>${width}</tt:Width><tt:Height>${height}</tt:Height>`);
}
