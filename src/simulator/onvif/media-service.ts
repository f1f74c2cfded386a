import type { PtzModel } from '../ptz-model.ts';
import { element, type Markup, xml } from './markup.ts';
import {
  encoderToken,
  profileOf,
  profileOfEncoder,
  resolution,
  type StreamProfile,
  sensorOf,
  VIDEO_SOURCE,
  videoSourceConfiguration,
} from './profiles.ts';
import { ptzConfiguration } from './ptz-description.ts';
import { type Call, type OnvifService, PATHS } from './service.ts';
import { NAMESPACES, OnvifFault, required } from './soap.ts';
import { textOf } from './xml.ts';

export interface MediaOptions {
  profiles: readonly StreamProfile[];
  ptz: PtzModel | undefined;
  hasSnapshot: boolean;
  onSynchronizationPoint: (profileToken: string) => void;
}

/** The Media service (version 10) of Profile S. */
export function mediaService(options: MediaOptions): OnvifService {
  const { profiles } = options;
  const asked = ({ body }: Call) => profileOf(profiles, required(body, 'ProfileToken'));
  return {
    prefix: 'trt',
    namespace: NAMESPACES.trt,
    path: PATHS.trt,
    version: { major: 2, minor: 60 },
    capabilities: () => mediaCapabilities(options.hasSnapshot, profiles.length),
    operations: {
      GetServiceCapabilities: () => mediaCapabilities(options.hasSnapshot, profiles.length),
      GetProfiles: () => xml`${profiles.map((one) => profile('trt:Profiles', one, options))}`,
      GetProfile: (call) => profile('trt:Profile', asked(call), options),
      GetStreamUri: (call) => mediaUri(asked(call).rtspUri),
      GetSnapshotUri: (call) => mediaUri(snapshotUri(call, asked(call), options.hasSnapshot)),
      GetVideoSources: () => videoSource(sensorOf(profiles)),
      GetVideoSourceConfigurations: () => videoSourceConfiguration('trt:Configurations', profiles),
      GetVideoEncoderConfigurations: () =>
        xml`${profiles.map((one) => encoder('trt:Configurations', one))}`,
      GetVideoEncoderConfiguration: ({ body }) =>
        encoder(
          'trt:Configuration',
          profileOfEncoder(profiles, required(body, 'ConfigurationToken')),
        ),
      GetVideoEncoderConfigurationOptions: ({ body }) => {
        const token = textOf(body, 'ConfigurationToken');
        const one = token ? profileOfEncoder(profiles, token) : sensorOf(profiles);
        return encoderOptions(one);
      },
      SetSynchronizationPoint: (call) => {
        options.onSynchronizationPoint(asked(call).token);
        return xml``;
      },
    },
  };
}

/** @throws OnvifFault when the device takes no snapshots. */
export function snapshotUri(call: Call, one: StreamProfile, hasSnapshot: boolean): string {
  if (hasSnapshot) return `${call.base}${PATHS.snapshot}/${encodeURIComponent(one.token)}.jpg`;
  throw new OnvifFault('Receiver', ['ActionNotSupported'], 'this device takes no snapshots');
}

function mediaCapabilities(hasSnapshot: boolean, count: number): Markup {
  return xml`
    <trt:Capabilities SnapshotUri="${hasSnapshot}" Rotation="false" VideoSourceMode="false" OSD="false">
      <trt:ProfileCapabilities MaximumNumberOfProfiles="${count}"/>
      <trt:StreamingCapabilities RTPMulticast="false" RTP_TCP="true" RTP_RTSP_TCP="true"/>
    </trt:Capabilities>`;
}

function profile(name: string, one: StreamProfile, { profiles, ptz }: MediaOptions): Markup {
  const content = xml`
    <tt:Name>${one.name}</tt:Name>
    ${videoSourceConfiguration('tt:VideoSourceConfiguration', profiles)}
    ${encoder('tt:VideoEncoderConfiguration', one)}
    ${ptz ? ptzConfiguration('tt:PTZConfiguration', ptz, profiles.length) : undefined}`;
  return element(name, { token: one.token, fixed: true }, content);
}

function encoder(name: string, one: StreamProfile): Markup {
  const content = xml`
    <tt:Name>${one.name}</tt:Name>
    <tt:UseCount>1</tt:UseCount>
    <tt:Encoding>H264</tt:Encoding>
    ${resolution(one)}
    <tt:Quality>5</tt:Quality>
    <tt:RateControl>
      <tt:FrameRateLimit>${Math.round(one.fps)}</tt:FrameRateLimit>
      <tt:EncodingInterval>1</tt:EncodingInterval>
      <tt:BitrateLimit>${one.kbps}</tt:BitrateLimit>
    </tt:RateControl>
    <tt:H264>
      <tt:GovLength>${Math.round(one.fps) * 2}</tt:GovLength>
      <tt:H264Profile>Main</tt:H264Profile>
    </tt:H264>
    <tt:Multicast>
      <tt:Address><tt:Type>IPv4</tt:Type><tt:IPv4Address>0.0.0.0</tt:IPv4Address></tt:Address>
      <tt:Port>0</tt:Port>
      <tt:TTL>1</tt:TTL>
      <tt:AutoStart>false</tt:AutoStart>
    </tt:Multicast>
    <tt:SessionTimeout>PT60S</tt:SessionTimeout>`;
  return element(name, { token: encoderToken(one) }, content);
}

function encoderOptions(one: StreamProfile): Markup {
  return xml`
    <trt:Options>
      <tt:QualityRange><tt:Min>1</tt:Min><tt:Max>10</tt:Max></tt:QualityRange>
      <tt:H264>
        ${resolution(one, 'tt:ResolutionsAvailable')}
        <tt:GovLengthRange><tt:Min>1</tt:Min><tt:Max>250</tt:Max></tt:GovLengthRange>
        <tt:FrameRateRange><tt:Min>1</tt:Min><tt:Max>${Math.round(one.fps)}</tt:Max></tt:FrameRateRange>
        <tt:EncodingIntervalRange><tt:Min>1</tt:Min><tt:Max>1</tt:Max></tt:EncodingIntervalRange>
        <tt:H264ProfilesSupported>Main</tt:H264ProfilesSupported>
      </tt:H264>
    </trt:Options>`;
}

function videoSource(sensor: StreamProfile): Markup {
  return xml`
    <trt:VideoSources token="${VIDEO_SOURCE}">
      <tt:Framerate>${sensor.fps}</tt:Framerate>
      ${resolution(sensor)}
    </trt:VideoSources>`;
}

function mediaUri(uri: string): Markup {
  return xml`
    <trt:MediaUri>
      <tt:Uri>${uri}</tt:Uri>
      <tt:InvalidAfterConnect>false</tt:InvalidAfterConnect>
      <tt:InvalidAfterReboot>false</tt:InvalidAfterReboot>
      <tt:Timeout>PT0S</tt:Timeout>
    </trt:MediaUri>`;
}
