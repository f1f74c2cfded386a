import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CameraEvent, CameraEventListener } from '../../../src/cameras/events.ts';
import { parseConfig } from '../../../src/config/load.ts';
import { LiveViewError } from '../../../src/core/errors.ts';
import { type LogFields, silentLogger } from '../../../src/core/log.ts';
import { type ListenedCamera, OnvifAlarms } from '../../../src/gateway/intake/onvif.ts';
import { rulesFor } from '../../../src/gateway/intake/onvif-rules.ts';
import type { Alarm } from '../../../src/liveview/alarm-model.ts';
import type { AlarmReport } from '../../../src/liveview/alarms.ts';
import { ManualClock, settle } from '../../support/manual-clock.ts';

let clock: ManualClock;
let ears: Set<CameraEventListener>;
let reports: AlarmReport[];
let open: Map<string, Partial<Alarm>>;
let full: boolean;
let logged: LogFields[];
let warned: string[];
let alarms: OnvifAlarms;

beforeEach(() => {
  clock = new ManualClock();
  ears = new Set();
  reports = [];
  open = new Map();
  full = false;
  logged = [];
  warned = [];
  alarms = new OnvifAlarms({
    clock,
    log: {
      ...silentLogger,
      error: (message, fields) => void logged.push({ message, ...fields }),
      warn: (message) => void warned.push(message),
    },
    raise: (_actor, report) => {
      if (full) throw new LiveViewError('journal-unwritable', 'the disk is full');
      reports.push(report);
      if (report.restored) open.set(report.key, { restoredAt: 'now' });
      else open.set(report.key, {});
      return {} as Alarm;
    },
    openAlarm: ({ key }) => open.get(key) as Alarm | undefined,
  });
});

const events = {
  listen: (ear: CameraEventListener) => {
    ears.add(ear);
    return () => void ears.delete(ear);
  },
};

/** The camera shop-1 with these settings. */
function camera(own = '', all = '', more: Partial<ListenedCamera> = {}): ListenedCamera {
  const config = parseConfig(
    `cameras: [{ id: shop-1, onvif: { host: 192.0.2.1 }, alarms: { ${own} } }, { id: shop-2, onvif: { host: 192.0.2.2 } }]
alarms: { onvif: { ${all} } }`,
    'c.yaml',
  );
  const [first] = config.cameras;
  if (!first) throw new Error('no camera');
  return {
    ...{ id: 'shop-1', name: 'Winkel', site: 'jeweller', events },
    ownSources: async () => () => true,
    isEcho: () => false,
    fellBack: () => undefined,
    rules: rulesFor(first.alarms, config.alarms.onvif),
    ...more,
  };
}

async function says(
  topic: string,
  data: Record<string, string>,
  more: Partial<CameraEvent> & { about?: Record<string, string> } = {},
): Promise<void> {
  const { about = { Source: 'v1' }, ...rest } = more;
  const event: CameraEvent = {
    ...{ topic, operation: 'Changed', unixUs: clock.unixUs() },
    source: new Map(Object.entries(about)),
    data: new Map(Object.entries(data)),
    ...rest,
  };
  for (const ear of ears) ear.event(event);
  await settle();
}

const LOSS = 'VideoSource/SignalLoss';
const INPUT = 'Device/Trigger/DigitalInput';
const INPUT_1 = { about: { InputToken: '1' } };

describe('what a camera tells', () => {
  it('is an alarm of its site that it sees itself, with what it was about', async () => {
    alarms.update([camera()]);
    await says(LOSS, { State: 'true' }, { unixUs: clock.unixUs() - 3_000_000 });
    expect(reports).toEqual([
      {
        source: { type: 'onvif', id: 'shop-1' },
        site: 'jeweller',
        kind: 'technical',
        priority: 3,
        text: {
          nl: 'Camera heeft geen signaal: Winkel',
          en: 'The camera has no signal: Winkel',
        },
        cameras: ['shop-1'],
        key: 'VideoSource/SignalLoss Source=v1',
        occurredAt: '2025-12-31T23:59:57.000Z',
        details: { topic: LOSS, Source: 'v1', State: 'true' },
      },
    ]);
  });

  it('is over when the state no longer is so, once, and an alarm again when it is', async () => {
    alarms.update([camera()]);
    for (const state of ['true', 'false', 'false', 'true']) await says(LOSS, { State: state });
    expect(reports.map(({ restored }) => restored)).toEqual([undefined, true, undefined]);
  });

  it('is nothing that began before anybody listened, but what ended meanwhile is over', async () => {
    alarms.update([camera()]);
    await says(LOSS, { State: 'true' }, { operation: 'Initialized' });
    expect(reports).toEqual([]);
    await says(LOSS, { State: 'true' });
    await says(LOSS, { State: 'false' }, { operation: 'Initialized' });
    expect(reports.map(({ restored }) => restored)).toEqual([undefined, true]);
  });

  it('is nothing when a state is over that was no alarm, or no longer exists', async () => {
    alarms.update([camera()]);
    await says(LOSS, { State: 'false' });
    await says(LOSS, { State: 'true' }, { operation: 'Deleted' });
    expect(reports).toEqual([]);
  });

  it('is no alarm when we did it, but is over all the same', async () => {
    const RELAY = 'Device/Trigger/Relay';
    let isEcho = false;
    alarms.update([camera('on: [relay]', '', { isEcho: () => isEcho })]);
    await says(RELAY, { LogicalState: 'active' });
    isEcho = true;
    await says(RELAY, { LogicalState: 'active' }, { about: { RelayToken: '2' } });
    await says(RELAY, { LogicalState: 'inactive' });
    expect(reports.map(({ key, restored }) => [key, restored])).toEqual([
      [`${RELAY} Source=v1`, undefined],
      [`${RELAY} Source=v1`, true],
    ]);
  });

  it.each<[string, string, Record<string, string>]>([
    ['signal loss', LOSS, { State: '1' }],
    ['tamper', 'VideoSource/GlobalSceneChange/ImagingService', { State: 'true' }],
  ])('is by itself an alarm for %s', async (_, topic, data) => {
    alarms.update([camera()]);
    await says(topic, data);
    expect(reports).toHaveLength(1);
  });

  /** Name, topic, what it says, kind: all of the field notes. */
  const OTHERS: [string, string, Record<string, string>, string][] = [
    ['picture-bad', 'VideoSource/ImageTooDark/ImagingService', { State: 'true' }, 'technical'],
    ['picture-bad', 'VideoSource/ImageTooBright/AnalyticsService', { State: 'true' }, 'technical'],
    ['picture-bad', 'VideoSource/ImageTooBlurry/RecordingService', { State: 'true' }, 'technical'],
    ['digital-input', INPUT, { LogicalState: 'true' }, 'other'],
    ['relay', 'Device/Trigger/Relay', { LogicalState: 'active' }, 'other'],
    ['motion', 'VideoSource/MotionAlarm', { State: 'true' }, 'motion'],
    ['motion', 'RuleEngine/CellMotionDetector/Motion', { IsMotion: 'true' }, 'motion'],
    ['field-entered', 'RuleEngine/FieldDetector/ObjectsInside', { IsInside: 'true' }, 'motion'],
    ['loitering', 'RuleEngine/LoiteringDetector/ObjectIsLoitering', { x: 'true' }, 'motion'],
    ['sound', 'AudioAnalytics/Audio/DetectedSound', { isSoundDetected: 'true' }, 'other'],
  ];

  it.each(OTHERS)('is an alarm when %s is on: %s', async (name, topic, data, kind) => {
    alarms.update([camera()]);
    await says(topic, data);
    expect(reports).toEqual([]);
    alarms.update([camera('', `on: [${name}]`)]);
    await says(topic, data);
    expect(reports.map((report) => report.kind)).toEqual([kind]);
  });

  it.each<[string, string, Record<string, string>]>([
    ['line-crossed', 'RuleEngine/LineDetector/Crossed', { ObjectId: '0' }],
    ['preset-reached', 'PTZController/PTZPresets/Reached', { PresetToken: '1' }],
  ])('that has no state is an alarm each time: %s', async (name, topic, data) => {
    alarms.update([camera(`on: [${name}]`)]);
    await says(topic, data, { operation: undefined });
    await says(topic, data, { operation: undefined });
    expect(reports.map(({ restored }) => restored)).toEqual([undefined, undefined]);
  });

  it('is about each input by itself', async () => {
    alarms.update([camera('on: [digital-input]')]);
    await says(INPUT, { LogicalState: 'true' }, INPUT_1);
    await says(INPUT, { LogicalState: 'true' }, { about: { InputToken: '2' } });
    expect(reports.map(({ key }) => key)).toEqual([
      `${INPUT} InputToken=1`,
      `${INPUT} InputToken=2`,
    ]);
  });
});

describe('the configuration', () => {
  it('says what an input is: the rule of the camera, then those for all, then the names', async () => {
    const rule = (topic: string, kind: string, more = '') =>
      `{ topic: ${topic}, kind: ${kind}, ${more} }`;
    alarms.update([
      camera(
        `on: [digital-input], rules: [${rule(INPUT, 'hold-up', 'match: { InputToken: "1" }, priority: 2, text: { nl: Knop, en: Button }, cameras: [shop-2]')}]`,
        `rules: [${rule(INPUT, 'burglary', 'match: { InputToken: "2" }')}]`,
      ),
    ]);
    for (const InputToken of ['1', '2', '3']) {
      await says(INPUT, { LogicalState: 'true' }, { about: { InputToken } });
    }
    expect(reports).toMatchObject([
      {
        kind: 'hold-up',
        priority: 2,
        text: { nl: 'Knop: Winkel', en: 'Button: Winkel' },
        cameras: ['shop-2'],
      },
      {
        kind: 'burglary',
        priority: 2,
        text: { nl: 'Inbraakmelding: Winkel' },
        cameras: ['shop-1'],
      },
      { kind: 'other' },
    ]);
  });

  it('turns a contact round that is open in rest', async () => {
    alarms.update([camera(`rules: [{ topic: ${INPUT}, kind: hold-up, when: false }]`)]);
    await says(INPUT, { LogicalState: 'true' }, INPUT_1);
    expect(reports).toEqual([]);
    await says(INPUT, { LogicalState: 'false' }, INPUT_1);
    await says(INPUT, { LogicalState: 'true' }, INPUT_1);
    expect(reports.map(({ restored }) => restored)).toEqual([undefined, true]);
  });

  it('takes all topics below one, by its name and a star', async () => {
    alarms.update([camera('on: [], rules: [{ topic: RuleEngine/*, kind: motion }]')]);
    await says('RuleEngine/MyRule/Seen', { State: 'true' });
    await says('RuleEngines/MyRule', { State: 'true' });
    await says(LOSS, { State: 'true' });
    expect(reports.map(({ key }) => key)).toEqual(['RuleEngine/MyRule/Seen Source=v1']);
  });

  it('may want nothing of a camera, which then is not listened to', () => {
    alarms.update([camera('on: []')]);
    expect(ears.size).toBe(0);
  });

  it('may change: what is as it was goes on, what changed begins anew, what went ends', () => {
    const leftAlone = { ...events };
    alarms.update([camera(), camera('', '', { id: 'shop-2', events: leftAlone })]);
    const [first, second] = [...ears];
    alarms.update([
      camera('', 'on: [motion]'),
      camera('', '', { id: 'shop-2', events: leftAlone }),
    ]);
    expect(ears.size).toBe(2);
    expect(ears.has(first as CameraEventListener)).toBe(false);
    expect(ears.has(second as CameraEventListener)).toBe(true);
    alarms.update([]);
    expect(ears.size).toBe(0);
  });
});

describe('a recorder', () => {
  it('tells of other channels too, which are not the camera', async () => {
    alarms.update([camera('', '', { ownSources: async () => (source) => source === 'ch1' })]);
    await says(LOSS, { State: 'true' }, { about: { Source: 'ch2' } });
    await says(LOSS, { State: 'true' }, { about: { VideoSourceToken: 'ch1' } });
    expect(reports.map(({ key }) => key)).toEqual([`${LOSS} VideoSourceToken=ch1`]);
  });

  it('tells of rules on other channels, by the configuration of their source', async () => {
    const own = async () => (token: string, of?: string) =>
      of === 'configuration' && token === 'configuration-1';
    alarms.update([camera('on: [line-crossed]', '', { ownSources: own })]);
    for (const VideoSourceConfigurationToken of ['configuration-2', 'configuration-1']) {
      const about = { VideoSourceConfigurationToken, Rule: 'Deur' };
      await says('RuleEngine/LineDetector/Crossed', { ObjectId: '1' }, { about });
    }
    expect(reports.map(({ key }) => key)).toEqual([
      'RuleEngine/LineDetector/Crossed VideoSourceConfigurationToken=configuration-1 Rule=Deur',
    ]);
  });

  it('is heard in order, however long it takes to say which channels it has', async () => {
    let answer: () => void = () => undefined;
    const streams = new Promise<(source: string) => boolean>((resolve) => {
      answer = () => resolve(() => true);
    });
    alarms.update([camera('', '', { ownSources: () => streams })]);
    await says(LOSS, { State: 'true' });
    await says(LOSS, { State: 'false' });
    expect(reports).toEqual([]);
    answer();
    await settle();
    expect(reports.map(({ restored }) => restored)).toEqual([undefined, true]);
  });

  it('has so many events waiting and no more, and that some are lost is said once', async () => {
    let answer: () => void = () => undefined;
    const streams = new Promise<(source: string) => boolean>((resolve) => {
      answer = () => resolve(() => true);
    });
    alarms.update([camera('', '', { ownSources: () => streams })]);
    for (let index = 0; index < 300; index += 1) {
      await says(LOSS, { State: 'true' }, { about: { Source: `${index}` } });
    }
    answer();
    await settle();
    await settle();
    expect(reports).toHaveLength(256);
    expect(warned).toEqual([expect.stringContaining('some of its events are lost')]);
  });
});

describe('an alarm that cannot be journalled', () => {
  it('is told again until it can, also when the button was let go meanwhile', async () => {
    alarms.update([camera(`rules: [{ topic: ${INPUT}, kind: hold-up }]`)]);
    full = true;
    await says(INPUT, { LogicalState: 'true' }, INPUT_1);
    await says(INPUT, { LogicalState: 'false' }, INPUT_1);
    expect(logged).toHaveLength(1);
    clock.advance(5_000);
    expect(reports).toEqual([]);
    full = false;
    clock.advance(5_000);
    expect(reports).toMatchObject([{ kind: 'hold-up' }]);
    expect(reports[0]?.restored).toBeUndefined();
    clock.advance(60_000);
    expect(reports).toHaveLength(1);
  });

  it('is let go when the gateway stops', async () => {
    alarms.update([camera()]);
    full = true;
    await says(LOSS, { State: 'true' });
    alarms.stop();
    full = false;
    clock.advance(60_000);
    expect([reports, ears.size, clock.timers]).toEqual([[], 0, 0]);
  });
});
