import { z } from 'zod';
import { describe, id } from './fields.ts';

/** Where alarms come from besides panels: cameras that tell by ONVIF, and programs by HTTP. */

const kind = describe(
  z.enum(['hold-up', 'burglary', 'fire', 'medical', 'tamper', 'technical', 'motion', 'other']),
  'What kind of alarm it is.',
);
const words = z.string().trim().min(1).max(500);
const meaning = {
  kind,
  priority: describe(
    z.int().min(1).max(5).exactOptional(),
    '1 (most urgent) to 5; by its kind unless given.',
  ),
  text: describe(
    z.strictObject({ nl: words, en: words }).exactOptional(),
    'What the operator reads; by its kind unless given.',
  ),
};
const cameras = z.array(id).max(64).exactOptional();

const source = z.strictObject({
  token: describe(
    z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/, 'write the name of a token'),
    'Name of the token that it comes with: `liveview token add NAME --role source`.',
  ),
  sites: describe(z.array(id).min(1, 'name a site').max(1_000), 'Of which it may tell.'),
  types: describe(
    z
      .record(
        z.string().min(1).max(64),
        z.strictObject({
          ...meaning,
          cameras: describe(cameras, 'Those that see it; those of the site unless given.'),
        }),
      )
      .default({}),
    'What its own words mean; goes before what the report says itself.',
  ),
});
export const webhook = z.array(source).max(1_000).default([]);

/** What cameras tell and an operator may want to hear; src/gateway/intake/onvif-topics.ts says what each is. */
const ONVIF_ALARMS = [
  'signal-loss',
  'tamper',
  'picture-bad',
  'digital-input',
  'relay',
  'motion',
  'line-crossed',
  'field-entered',
  'loitering',
  'sound',
  'preset-reached',
] as const;

const on = z.array(z.enum(ONVIF_ALARMS)).max(ONVIF_ALARMS.length);
const item = z.string().min(1).max(256);
const rule = z.strictObject({
  topic: describe(
    z
      .string()
      .regex(
        /^[^\s/*:]+(\/[^\s/*:]+)*(\/\*)?$/,
        'write a topic such as Device/Trigger/DigitalInput',
      )
      .max(256),
    'Without prefixes; `/*` at the end for all below it.',
  ),
  match: describe(
    z.record(item, item).default({}),
    'Items of its source or data that must be so, e.g. { InputToken: "1" }.',
  ),
  when: describe(
    z.boolean().default(true),
    'Of a state: the value that is the alarm. The other one is that it is over.',
  ),
  ...meaning,
  cameras: describe(cameras, 'Those that see it; the camera that tells it unless given.'),
});
const rules = z.array(rule).max(64).default([]);

export const onvif = z
  .strictObject({
    on: describe(
      on.default(['signal-loss', 'tamper']),
      'What is an alarm of every camera that tells it.',
    ),
    rules: describe(rules, 'Your own, for every camera; they go before those above.'),
  })
  .prefault({});

export const cameraAlarms = z
  .strictObject({
    on: describe(on.exactOptional(), 'In place of alarms.onvif.on, for this camera.'),
    rules: describe(rules, 'For this camera alone; they go before all others.'),
  })
  .prefault({});

export type OnvifAlarmName = (typeof ONVIF_ALARMS)[number];
export type OnvifRule = z.output<typeof rule>;
