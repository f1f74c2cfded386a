import { element, type Markup, xml } from './markup.ts';
import { type MediaOptions, snapshotUri } from './media-service.ts';
import {
  encoderToken,
  profileOf,
  resolution,
  type StreamProfile,
  sensorOf,
  videoSourceConfiguration,
} from './profiles.ts';
import { ptzConfiguration } from './ptz-description.ts';
import { type Call, type OnvifService, PATHS } from './service.ts';
import { NAMESPACES, required } from './soap.ts';
import { textOf } from './xml.ts';

/** The Media2 service (version 20) of Profile T. */
export function media2Service(options: MediaOptions): OnvifService {
  const { profiles } = options;
  const asked = ({ body }: Call) => profileOf(profiles, required(body, 'ProfileToken'));
  return {
    prefix: 'tr2',
    namespace: NAMESPACES.tr2,
    path: PATHS.tr2,
    version: { major: 20, minor: 12 },
    capabilities: () => media2Capabilities(options),
    operations: {
      GetServiceCapabilities: () => media2Capabilities(options),
      GetProfiles: (call) => profilesAsked(call, options),
      GetStreamUri: (call) => xml`<tr2:Uri>${asked(call).rtspUri}</tr2:Uri>`,
      GetSnapshotUri: (call) =>
        xml`<tr2:Uri>${snapshotUri(call, asked(call), options.hasSnapshot)}</tr2:Uri>`,
      GetVideoSourceConfigurations: () => videoSourceConfiguration('tr2:Configurations', profiles),
      GetVideoEncoderConfigurations: ({ body }) => {
        const token = textOf(body, 'ConfigurationToken');
        const wanted = profiles.filter((one) => !token || encoderToken(one) === token);
        return xml`${wanted.map((one) => encoder('tr2:Configurations', one))}`;
      },
      GetVideoEncoderConfigurationOptions: () => encoderOptions(sensorOf(profiles)),
      SetSynchronizationPoint: (call) => {
        options.onSynchronizationPoint(asked(call).token);
        return xml``;
      },
    },
  };
}

function media2Capabilities({ hasSnapshot, profiles }: MediaOptions): Markup {
  return xml`
    <tr2:Capabilities SnapshotUri="${hasSnapshot}" Rotation="false" VideoSourceMode="false" OSD="false" Mask="false">
      <tr2:ProfileCapabilities MaximumNumberOfProfiles="${profiles.length}" ConfigurationsSupported="VideoSource VideoEncoder PTZ"/>
      <tr2:StreamingCapabilities RTSPStreaming="true" RTPMulticast="false" RTP_RTSP_TCP="true" AutoStartMulticast="false"/>
    </tr2:Capabilities>`;
}

/** Media2 §5.2.2: configurations are included only for the types asked for. */
function profilesAsked({ body }: Call, options: MediaOptions): Markup {
  const token = textOf(body, 'Token');
  const types = body.children.filter(({ name }) => name === 'Type').map(({ text }) => text);
  const listed = token ? [profileOf(options.profiles, token)] : options.profiles;
  return xml`${listed.map((one) => profile(one, types, options))}`;
}

function profile(one: StreamProfile, types: readonly string[], options: MediaOptions): Markup {
  const { profiles, ptz } = options;
  const wanted = (type: string) => types.includes('All') || types.includes(type);
  const configurations = xml`
    ${wanted('VideoSource') ? videoSourceConfiguration('tr2:VideoSource', profiles) : undefined}
    ${wanted('VideoEncoder') ? encoder('tr2:VideoEncoder', one) : undefined}
    ${ptz && wanted('PTZ') ? ptzConfiguration('tr2:PTZ', ptz, profiles.length) : undefined}`;
  const content = xml`
    <tr2:Name>${one.name}</tr2:Name>
    ${types.length > 0 ? element('tr2:Configurations', {}, configurations) : undefined}`;
  return element('tr2:Profiles', { token: one.token, fixed: true }, content);
}

function encoder(name: string, one: StreamProfile): Markup {
  const content = xml`
    <tt:Name>${one.name}</tt:Name>
    <tt:UseCount>1</tt:UseCount>
    <tt:Encoding>H264</tt:Encoding>
    ${resolution(one)}
    <tt:RateControl ConstantBitRate="false">
      <tt:FrameRateLimit>${one.fps}</tt:FrameRateLimit>
      <tt:BitrateLimit>${one.kbps}</tt:BitrateLimit>
    </tt:RateControl>
    <tt:Quality>5</tt:Quality>`;
  const attributes = {
    token: encoderToken(one),
    GovLength: Math.round(one.fps) * 2,
    Profile: 'Main',
  };
  return element(name, attributes, content);
}

function encoderOptions(one: StreamProfile): Markup {
  return xml`
    <tr2:Options GovLengthRange="1 250" FrameRatesSupported="${one.fps}" ProfilesSupported="Main">
      <tt:Encoding>H264</tt:Encoding>
      <tt:QualityRange><tt:Min>1</tt:Min><tt:Max>10</tt:Max></tt:QualityRange>
      ${resolution(one, 'tt:ResolutionsAvailable')}
      <tt:BitrateRange><tt:Min>64</tt:Min><tt:Max>${one.kbps}</tt:Max></tt:BitrateRange>
    </tr2:Options>`;
}
