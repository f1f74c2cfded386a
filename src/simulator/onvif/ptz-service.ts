import {
  type PartialViewpoint,
  type PtzModel,
  type PtzPreset,
  PtzRefusal,
  type PtzRefusalCode,
  type Viewpoint,
} from '../ptz-model.ts';
import { element, type Markup, xml } from './markup.ts';
import { profileOf, type StreamProfile } from './profiles.ts';
import {
  PTZ_CONFIGURATION,
  PTZ_NODE,
  ptzConfiguration,
  ptzConfigurationOptions,
  ptzNode,
  SPACES,
} from './ptz-description.ts';
import { type Call, type OnvifService, type Operation, PATHS } from './service.ts';
import { invalidArgument, NAMESPACES, OnvifFault, required } from './soap.ts';
import { dateTime, durationMs } from './time.ts';
import { find, textOf, type XmlElement } from './xml.ts';

export interface PtzServiceOptions {
  model: PtzModel;
  profiles: readonly StreamProfile[];
  nowMs: () => number;
}

/** The PTZ service (version 20). Every profile of the device moves the same dome. */
export function ptzService(options: PtzServiceOptions): OnvifService {
  return {
    prefix: 'tptz',
    namespace: NAMESPACES.tptz,
    path: PATHS.tptz,
    version: { major: 21, minor: 12 },
    capabilities,
    operations: { ...describing(options), ...moving(options), ...answering(options) },
  };
}

function capabilities(): Markup {
  return xml`<tptz:Capabilities EFlip="false" Reverse="false" GetCompatibleConfigurations="false" MoveStatus="true" StatusPosition="true"/>`;
}

function describing({ model, profiles }: PtzServiceOptions): Record<string, Operation> {
  const configuration = (name: string) => ptzConfiguration(name, model, profiles.length);
  const only = ({ body }: Call, name: string, token: string) => {
    if (required(body, name) !== token) throw invalidArgument('NoEntity', `no such ${name}`);
  };
  return {
    GetServiceCapabilities: capabilities,
    GetNodes: () => ptzNode('tptz:PTZNode', model),
    GetNode: (call) => {
      only(call, 'NodeToken', PTZ_NODE);
      return ptzNode('tptz:PTZNode', model);
    },
    GetConfigurations: () => configuration('tptz:PTZConfiguration'),
    GetConfiguration: (call) => {
      only(call, 'PTZConfigurationToken', PTZ_CONFIGURATION);
      return configuration('tptz:PTZConfiguration');
    },
    GetConfigurationOptions: (call) => {
      only(call, 'ConfigurationToken', PTZ_CONFIGURATION);
      return ptzConfigurationOptions(model);
    },
  };
}

function moving({ model, profiles }: PtzServiceOptions): Record<string, Operation> {
  const act = (command: (body: XmlElement) => void) =>
    onProfile(profiles, (body) => {
      command(body);
      return xml``;
    });
  return {
    ContinuousMove: act((body) => {
      const velocity = vector(body, 'Velocity', SPACES.panTiltVelocity, SPACES.zoomVelocity);
      model.continuousMove(velocity, timeoutOf(body));
    }),
    AbsoluteMove: act((body) => {
      const position = vector(body, 'Position', SPACES.panTiltPosition, SPACES.zoomPosition);
      model.absoluteMove(position, speedOf(body));
    }),
    RelativeMove: act((body) => {
      const { panTiltTranslation, zoomTranslation } = SPACES;
      const translation = vector(body, 'Translation', panTiltTranslation, zoomTranslation);
      model.relativeMove(translation, speedOf(body));
    }),
    Stop: act((body) => {
      // PTZ §5.3.6: both default to true
      const asked = (axis: string) => !['false', '0'].includes(textOf(body, axis) ?? 'true');
      model.stop({ panTilt: asked('PanTilt'), zoom: asked('Zoom') });
    }),
    GotoPreset: act((body) => model.gotoPreset(required(body, 'PresetToken'), speedOf(body))),
    RemovePreset: act((body) => model.removePreset(required(body, 'PresetToken'))),
    GotoHomePosition: act((body) => model.gotoHome(speedOf(body))),
    SetHomePosition: act(() => model.setHome()),
  };
}

function answering({ model, profiles, nowMs }: PtzServiceOptions): Record<string, Operation> {
  return {
    GetStatus: onProfile(profiles, () => status(model, nowMs())),
    GetPresets: onProfile(profiles, () => xml`${model.presets.map(preset)}`),
    SetPreset: onProfile(profiles, (body) => {
      const token = model.setPreset(textOf(body, 'PresetName') ?? '', textOf(body, 'PresetToken'));
      return xml`<tptz:PresetToken>${token}</tptz:PresetToken>`;
    }),
  };
}

/** An operation on one of the device's profiles; the model's refusals become faults. */
function onProfile(
  profiles: readonly StreamProfile[],
  answer: (body: XmlElement) => Markup,
): Operation {
  return ({ body }) => {
    profileOf(profiles, required(body, 'ProfileToken'));
    try {
      return answer(body);
    } catch (error) {
      if (error instanceof PtzRefusal) throw FAULTS[error.code](error.message);
      throw error;
    }
  };
}

const unsupported = (reason: string) => new OnvifFault('Receiver', ['ActionNotSupported'], reason);
const argument = (subcode: string) => (reason: string) => invalidArgument(subcode, reason);
const action = (subcode: string) => (reason: string) =>
  new OnvifFault('Receiver', ['Action', subcode], reason);

const FAULTS: Readonly<Record<PtzRefusalCode, (reason: string) => OnvifFault>> = {
  'ptz-not-supported': unsupported,
  'ptz-axes-refused': argument('InvalidVelocity'),
  'ptz-timeout-refused': argument('TimeoutNotSupported'),
  'ptz-invalid-velocity': argument('InvalidVelocity'),
  'ptz-invalid-position': argument('InvalidPosition'),
  'ptz-invalid-speed': argument('InvalidSpeed'),
  'ptz-no-preset': argument('NoToken'),
  'ptz-too-many-presets': action('TooManyPresets'),
  'ptz-no-home': action('NoHomePosition'),
};

/** `<PanTilt x y space?/><Zoom x space?/>`; an absent element leaves its axes alone (PTZ §5.3.3). */
function vector(
  body: XmlElement,
  name: string,
  panTiltSpace: string,
  zoomSpace: string,
): PartialViewpoint {
  const panTilt = find(body, name, 'PanTilt');
  const zoom = find(body, name, 'Zoom');
  checkSpace(panTilt, panTiltSpace);
  checkSpace(zoom, zoomSpace);
  return {
    ...(panTilt ? { pan: coordinate(panTilt, 'x'), tilt: coordinate(panTilt, 'y') } : {}),
    ...(zoom ? { zoom: coordinate(zoom, 'x') } : {}),
  };
}

function speedOf(body: XmlElement): PartialViewpoint {
  return vector(body, 'Speed', SPACES.panTiltSpeed, SPACES.zoomSpeed);
}

function checkSpace(axes: XmlElement | undefined, known: string): void {
  const space = axes?.attributes.get('space');
  if (!space || space === known) return;
  throw invalidArgument('SpaceNotSupported', `the space ${space} is not known here`);
}

function coordinate(axes: XmlElement, axis: 'x' | 'y'): number {
  const text = axes.attributes.get(axis)?.trim() ?? '';
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return Number(text);
  throw new OnvifFault('Sender', ['InvalidArgVal'], `${axis} of ${axes.name} is not a number`);
}

function timeoutOf(body: XmlElement): number | undefined {
  const text = textOf(body, 'Timeout');
  if (!text) return undefined;
  const ms = durationMs(text);
  if (ms === undefined) throw invalidArgument('TimeoutNotSupported', 'Timeout is not a duration');
  return ms;
}

function status(model: PtzModel, nowMs: number): Markup {
  const { panTilt, zoom } = model.moving;
  const state = (moves: boolean) => (moves ? 'MOVING' : 'IDLE');
  return xml`
    <tptz:PTZStatus>
      ${model.quirks.hidesPosition ? undefined : position('tt:Position', model.viewpoint())}
      <tt:MoveStatus>
        <tt:PanTilt>${state(panTilt)}</tt:PanTilt>
        <tt:Zoom>${state(zoom)}</tt:Zoom>
      </tt:MoveStatus>
      <tt:UtcTime>${dateTime(nowMs)}</tt:UtcTime>
    </tptz:PTZStatus>`;
}

function preset({ token, name, viewpoint }: PtzPreset): Markup {
  const content = xml`<tt:Name>${name}</tt:Name>${position('tt:PTZPosition', viewpoint)}`;
  return element('tptz:Preset', { token }, content);
}

function position(name: string, { pan, tilt, zoom }: Viewpoint): Markup {
  const content = xml`
    <tt:PanTilt x="${decimal(pan)}" y="${decimal(tilt)}" space="${SPACES.panTiltPosition}"/>
    <tt:Zoom x="${decimal(zoom)}" space="${SPACES.zoomPosition}"/>`;
  return element(name, {}, content);
}

/** Six digits, as encoders have; never in exponent form, which some clients cannot read. */
function decimal(value: number): number {
  return Number(value.toFixed(6));
}
