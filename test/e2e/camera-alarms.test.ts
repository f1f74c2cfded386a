/** What cameras tell by ONVIF, through the pull-points of virtual ones, to a gateway at work. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { AlarmView } from '../../src/server/views.ts';
import { AlarmCentre, alarmsOf } from '../support/alarm-centre.ts';
import type { ApiCaller } from '../support/api-caller.ts';
import type { LivePeer } from '../support/live-peer.ts';
import { until } from '../support/until.ts';

jest.setTimeout(240_000);

const INPUT = 'Device/Trigger/DigitalInput';
const BUTTON = {
  topic: INPUT,
  kind: 'hold-up' as const,
  text: { nl: 'Overvalknop toonbank', en: 'Hold-up button at the counter' },
};
const CAMERAS = {
  'shop-1': { rules: [BUTTON] },
  'shop-front': {
    on: [
      ...(['signal-loss', 'tamper', 'picture-bad', 'digital-input', 'relay', 'motion'] as const),
      ...(['line-crossed', 'field-entered', 'loitering', 'sound', 'preset-reached'] as const),
    ],
  },
};
/** A camera whose clock has never been set. */
const CLOCK_ERROR_MS = -400 * 24 * 3_600_000;
const DAY_MS = 24 * 3_600_000;

let centre: AlarmCentre;
let operator: ApiCaller;
let duty: LivePeer;

beforeAll(async () => {
  centre = await AlarmCentre.start({ cameras: CAMERAS }, (simulator) => {
    const front = simulator.camera('shop-front').onvif;
    if (front) front.clockOffsetMs = CLOCK_ERROR_MS;
    // It was so before anybody listened.
    front?.trigger(INPUT, { LogicalState: true });
  });
  operator = await centre.run.operator();
  duty = await centre.console(operator);
  await centre.heard('shop-1', 'shop-front');
});

afterAll(() => centre?.stop());

const isOf = (camera: string, topic: string) => (alarm: AlarmView) =>
  alarm.source.id === camera && alarm.details['topic'] === topic;

async function hears(test: (alarm: AlarmView) => boolean): Promise<AlarmView> {
  return (await duty.hears('alarm', ({ alarm }) => test(alarm), 120_000)).alarm;
}

function press(camera: string): void {
  centre.onvif(camera).trigger(INPUT, { LogicalState: false });
  centre.onvif(camera).trigger(INPUT, { LogicalState: true });
}

type Data = Readonly<Record<string, string | boolean | number>>;
const IMAGING: Data = { State: true };
const BAD =
  'Beeld te donker, te licht of onscherp / The picture is too dark, too bright or blurred';

/** All topics of which an alarm can be made: what is said, kind, priority, words. */
const TOPICS: [string, Data, string, number, string][] = [
  ['VideoSource/MotionAlarm', IMAGING, 'motion', 4, 'Beweging gezien / Motion detected'],
  [
    ...(['VideoSource/SignalLoss', IMAGING, 'technical', 3] as const),
    'Camera heeft geen signaal / The camera has no signal',
  ],
  [
    ...(['VideoSource/GlobalSceneChange/ImagingService', IMAGING, 'tamper', 3] as const),
    'Camera verdraaid of afgedekt / The camera was turned away or covered',
  ],
  ['VideoSource/ImageTooDark/ImagingService', IMAGING, 'technical', 4, BAD],
  ['VideoSource/ImageTooBright/ImagingService', IMAGING, 'technical', 4, BAD],
  ['VideoSource/ImageTooBlurry/ImagingService', IMAGING, 'technical', 4, BAD],
  [
    ...(['RuleEngine/FieldDetector/ObjectsInside', { IsInside: true }, 'motion', 3] as const),
    'Iemand in het gebied / Somebody in the field',
  ],
  [
    ...(['AudioAnalytics/Audio/DetectedSound', { isSoundDetected: true }, 'other', 3] as const),
    'Verdacht geluid / Suspicious sound',
  ],
  [
    ...(['Device/Trigger/Relay', { LogicalState: 'active' }, 'other', 3] as const),
    'Relais van de camera bekrachtigd / Relay of the camera switched',
  ],
  [
    ...(['RuleEngine/LineDetector/Crossed', { ObjectId: 0 }, 'motion', 3] as const),
    'Lijn overschreden / Line crossed',
  ],
  [
    ...(['RuleEngine/LoiteringDetector/ObjectIsLoitering', { Since: 'now' }, 'motion', 3] as const),
    'Iemand blijft rondhangen / Somebody loiters',
  ],
  [
    ...(['PTZController/PTZPresets/Reached', { PresetToken: '1' }, 'other', 5] as const),
    'Vaste stand bereikt / Preset reached',
  ],
];

it.each(TOPICS)('a camera tells by %s', async (topic, data, kind, priority, words) => {
  const sinceMs = Date.now() - DAY_MS;
  centre.onvif('shop-front').trigger(topic, data);
  const alarm = await hears(isOf('shop-front', topic));
  const [nl, en] = words.split(' / ');
  expect(alarm).toMatchObject({
    ...{ source: { type: 'onvif', id: 'shop-front' }, site: 'jeweller', cameras: ['shop-front'] },
    ...{ kind, priority, text: { nl: `${nl}: Winkelpui`, en: `${en}: Winkelpui` } },
  });
  // Its own clock is more than a year behind; it is dated by ours.
  expect(Date.parse(alarm.occurredAt ?? '')).toBeGreaterThan(sinceMs);
  expect(Date.parse(alarm.occurredAt ?? '')).toBeLessThanOrEqual(Date.parse(alarm.at));
});

it('a button that was pressed before anybody listened has told nothing, and tells when it is pressed', async () => {
  const told = async () => (await alarmsOf(operator)).some(isOf('shop-front', INPUT));
  // What was told meanwhile came after the state that it began with.
  centre.onvif('shop-front').trigger('VideoSource/MotionAlarm', { State: false });
  await hears((alarm) => alarm.kind === 'motion' && alarm.restoredAt !== undefined);
  expect(await told()).toBe(false);
  press('shop-front');
  const alarm = await hears(isOf('shop-front', INPUT));
  expect(alarm).toMatchObject({ kind: 'other', priority: 2 });
});

describe('a camera that is listened to', () => {
  const isAgain = (count: number) => (alarm: AlarmView) =>
    isOf('shop-1', INPUT)(alarm) && alarm.repeats.count >= count;

  it('is heard although somebody sets its clock', async () => {
    centre.onvif('shop-1').clockOffsetMs = 3 * DAY_MS;
    press('shop-1');
    expect(await hears(isOf('shop-1', INPUT))).toMatchObject({
      ...{ kind: 'hold-up', priority: 1, repeats: { count: 0 } },
    });
  });

  it('is heard again after it was switched off', async () => {
    await centre.simulator.stopCamera('shop-1');
    await centre.simulator.startCamera('shop-1');
    await centre.heard('shop-1');
    press('shop-1');
    await hears(isAgain(1));
    expect((await alarmsOf(operator)).filter(isOf('shop-1', INPUT))).toHaveLength(1);
  });

  it('is heard again after the gateway was killed, and what it told then is told still', async () => {
    const before = await alarmsOf(operator);
    await centre.crash();
    operator = await centre.run.operator();
    duty = await centre.console(operator);
    for (const { id } of before) await hears((alarm) => alarm.id === id);
    // What was so before the camera was switched off is over by now.
    expect(await alarmsOf(operator)).toMatchObject(before);
    await centre.heard('shop-1', 'shop-front');
    press('shop-1');
    await hears(isAgain(2));
    expect(await alarmsOf(operator)).toHaveLength(before.length);
  });
});

it('a contact that flaps is one alarm: counted, not repeated', async () => {
  const before = await alarmsOf(operator);
  const front = centre.onvif('shop-front');
  for (let times = 0; times < 100; times += 1) {
    front.trigger('VideoSource/MotionAlarm', { State: true });
    front.trigger('VideoSource/MotionAlarm', { State: false });
  }
  const isCounted = (alarm: AlarmView) => alarm.kind === 'motion' && alarm.repeats.count >= 90;
  await until('the count', async () => (await alarmsOf(operator)).some(isCounted), 120_000);
  expect(await alarmsOf(operator)).toHaveLength(before.length);
  expect((await centre.journalled('alarm.repeated')).length).toBeLessThan(40);
});
