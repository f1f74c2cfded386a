/** What the PTZ service says about itself: nodes, spaces and configurations (ONVIF PTZ §5.1–5.2, §5.7). */
import type { Range } from '../ptz-axis.ts';
import type { PtzModel } from '../ptz-model.ts';
import { element, type Markup, xml } from './markup.ts';
import { duration } from './time.ts';

export const PTZ_NODE = 'ptz-node';
export const PTZ_CONFIGURATION = 'ptz-configuration';

const BASE = 'http://www.onvif.org/ver10/tptz';

/** The generic coordinate spaces; the only ones that this device knows. */
export const SPACES = {
  panTiltPosition: `${BASE}/PanTiltSpaces/PositionGenericSpace`,
  panTiltTranslation: `${BASE}/PanTiltSpaces/TranslationGenericSpace`,
  panTiltVelocity: `${BASE}/PanTiltSpaces/VelocityGenericSpace`,
  panTiltSpeed: `${BASE}/PanTiltSpaces/GenericSpeedSpace`,
  zoomPosition: `${BASE}/ZoomSpaces/PositionGenericSpace`,
  zoomTranslation: `${BASE}/ZoomSpaces/TranslationGenericSpace`,
  zoomVelocity: `${BASE}/ZoomSpaces/VelocityGenericSpace`,
  zoomSpeed: `${BASE}/ZoomSpaces/ZoomGenericSpeedSpace`,
} as const;

const SIGNED: Range = { min: -1, max: 1 };
const UNSIGNED: Range = { min: 0, max: 1 };

export function ptzNode(name: string, model: PtzModel): Markup {
  const content = xml`
    <tt:Name>Dome</tt:Name>
    <tt:SupportedPTZSpaces>${spaces(model)}</tt:SupportedPTZSpaces>
    <tt:MaximumNumberOfPresets>${model.maxPresets}</tt:MaximumNumberOfPresets>
    <tt:HomeSupported>${!model.quirks.lacksHome}</tt:HomeSupported>`;
  return element(name, { token: PTZ_NODE, FixedHomePosition: false, GeoMove: false }, content);
}

export function ptzConfiguration(name: string, model: PtzModel, useCount: number): Markup {
  const { pan, tilt, zoom } = model.limits;
  const content = xml`
    <tt:Name>PTZ</tt:Name>
    <tt:UseCount>${useCount}</tt:UseCount>
    <tt:NodeToken>${PTZ_NODE}</tt:NodeToken>
    <tt:DefaultAbsolutePantTiltPositionSpace>${SPACES.panTiltPosition}</tt:DefaultAbsolutePantTiltPositionSpace>
    <tt:DefaultAbsoluteZoomPositionSpace>${SPACES.zoomPosition}</tt:DefaultAbsoluteZoomPositionSpace>
    <tt:DefaultRelativePanTiltTranslationSpace>${SPACES.panTiltTranslation}</tt:DefaultRelativePanTiltTranslationSpace>
    <tt:DefaultRelativeZoomTranslationSpace>${SPACES.zoomTranslation}</tt:DefaultRelativeZoomTranslationSpace>
    <tt:DefaultContinuousPanTiltVelocitySpace>${SPACES.panTiltVelocity}</tt:DefaultContinuousPanTiltVelocitySpace>
    <tt:DefaultContinuousZoomVelocitySpace>${SPACES.zoomVelocity}</tt:DefaultContinuousZoomVelocitySpace>
    <tt:DefaultPTZSpeed>
      <tt:PanTilt x="1" y="1" space="${SPACES.panTiltSpeed}"/>
      <tt:Zoom x="1" space="${SPACES.zoomSpeed}"/>
    </tt:DefaultPTZSpeed>
    <tt:DefaultPTZTimeout>${duration(model.defaultTimeoutMs)}</tt:DefaultPTZTimeout>
    <tt:PanTiltLimits>${space('tt:Range', SPACES.panTiltPosition, pan, tilt)}</tt:PanTiltLimits>
    <tt:ZoomLimits>${space('tt:Range', SPACES.zoomPosition, zoom)}</tt:ZoomLimits>`;
  return element(name, { token: PTZ_CONFIGURATION }, content);
}

export function ptzConfigurationOptions(model: PtzModel): Markup {
  return xml`
    <tptz:PTZConfigurationOptions>
      <tt:Spaces>${spaces(model)}</tt:Spaces>
      <tt:PTZTimeout>
        <tt:Min>${duration(model.timeoutMs.min)}</tt:Min>
        <tt:Max>${duration(model.timeoutMs.max)}</tt:Max>
      </tt:PTZTimeout>
    </tptz:PTZConfigurationOptions>`;
}

function spaces({ limits: { pan, tilt, zoom } }: PtzModel): Markup {
  const reach = (range: Range): Range => ({
    min: range.min - range.max,
    max: range.max - range.min,
  });
  return xml`
    ${space('tt:AbsolutePanTiltPositionSpace', SPACES.panTiltPosition, pan, tilt)}
    ${space('tt:AbsoluteZoomPositionSpace', SPACES.zoomPosition, zoom)}
    ${space('tt:RelativePanTiltTranslationSpace', SPACES.panTiltTranslation, reach(pan), reach(tilt))}
    ${space('tt:RelativeZoomTranslationSpace', SPACES.zoomTranslation, reach(zoom))}
    ${space('tt:ContinuousPanTiltVelocitySpace', SPACES.panTiltVelocity, SIGNED, SIGNED)}
    ${space('tt:ContinuousZoomVelocitySpace', SPACES.zoomVelocity, SIGNED)}
    ${space('tt:PanTiltSpeedSpace', SPACES.panTiltSpeed, UNSIGNED)}
    ${space('tt:ZoomSpeedSpace', SPACES.zoomSpeed, UNSIGNED)}`;
}

function space(name: string, uri: string, x: Range, y?: Range): Markup {
  const range = (axis: string, { min, max }: Range) =>
    element(axis, {}, xml`<tt:Min>${min}</tt:Min><tt:Max>${max}</tt:Max>`);
  const content = xml`
    <tt:URI>${uri}</tt:URI>
    ${range('tt:XRange', x)}
    ${y ? range('tt:YRange', y) : undefined}`;
  return element(name, {}, content);
}
