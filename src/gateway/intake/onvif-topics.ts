import type { OnvifAlarmName, OnvifRule } from '../../config/alarm-sources.ts';

type Meaning = Pick<OnvifRule, 'kind' | 'priority' | 'text'>;

/** Of the ONVIF topic namespace (Event Service specification, and those of imaging, analytics and PTZ). */
const BUILT_IN: Readonly<Record<OnvifAlarmName, readonly [Meaning, ...string[]]>> = {
  'signal-loss': [
    {
      kind: 'technical',
      priority: 3,
      text: { nl: 'Camera heeft geen signaal', en: 'The camera has no signal' },
    },
    ...['VideoSource/SignalLoss', 'VideoSource/SignalLoss/*'],
  ],
  tamper: [
    {
      kind: 'tamper',
      text: { nl: 'Camera verdraaid of afgedekt', en: 'The camera was turned away or covered' },
    },
    ...['VideoSource/GlobalSceneChange', 'VideoSource/GlobalSceneChange/*'],
  ],
  'picture-bad': [
    {
      kind: 'technical',
      text: {
        nl: 'Beeld te donker, te licht of onscherp',
        en: 'The picture is too dark, too bright or blurred',
      },
    },
    'VideoSource/ImageTooDark/*',
    'VideoSource/ImageTooBright/*',
    'VideoSource/ImageTooBlurry/*',
  ],
  'digital-input': [
    {
      kind: 'other',
      priority: 2,
      text: { nl: 'Contact op de ingang van de camera', en: 'Contact at the input of the camera' },
    },
    'Device/Trigger/DigitalInput',
  ],
  relay: [
    {
      kind: 'other',
      text: { nl: 'Relais van de camera bekrachtigd', en: 'Relay of the camera switched' },
    },
    'Device/Trigger/Relay',
  ],
  motion: [
    { kind: 'motion' },
    ...['VideoSource/MotionAlarm', 'RuleEngine/CellMotionDetector/Motion'],
  ],
  'line-crossed': [
    { kind: 'motion', priority: 3, text: { nl: 'Lijn overschreden', en: 'Line crossed' } },
    'RuleEngine/LineDetector/Crossed',
  ],
  'field-entered': [
    {
      kind: 'motion',
      priority: 3,
      text: { nl: 'Iemand in het gebied', en: 'Somebody in the field' },
    },
    'RuleEngine/FieldDetector/ObjectsInside',
  ],
  loitering: [
    {
      kind: 'motion',
      priority: 3,
      text: { nl: 'Iemand blijft rondhangen', en: 'Somebody loiters' },
    },
    'RuleEngine/LoiteringDetector/ObjectIsLoitering',
  ],
  sound: [
    { kind: 'other', text: { nl: 'Verdacht geluid', en: 'Suspicious sound' } },
    'AudioAnalytics/Audio/DetectedSound',
  ],
  'preset-reached': [
    { kind: 'other', priority: 5, text: { nl: 'Vaste stand bereikt', en: 'Preset reached' } },
    'PTZController/PTZPresets/Reached',
  ],
};

/** The rules behind the names of `alarms.onvif.on`. */
export function builtInRules(names: readonly OnvifAlarmName[]): OnvifRule[] {
  return names.flatMap((name) => {
    const [meaning, ...topics] = BUILT_IN[name];
    return topics.map((topic) => ({ topic, match: {}, when: true, ...meaning }));
  });
}
