import { Document, isMap, isScalar, isSeq, type Node } from 'yaml';
import { z } from 'zod';
import { type ConfigInput, configSchema } from './schema.ts';

/** What the example file shows: a jeweller with an ONVIF dome, a square known by its addresses. */
const EXAMPLE: ConfigInput = {
  gateway: { name: 'Toezichtcentrale Voorbeeld', dataDir: '/var/lib/liveview', logLevel: 'info' },
  access: {
    secondFactor: [],
    idleMinutes: 30,
    sessionHours: 12,
    openid: {
      issuer: 'https://login.example/realms/centre',
      clientId: 'liveview',
      clientSecret: { file: '/etc/liveview/openid.secret' },
      redirectUrl: 'http://127.0.0.1:8080/v1/session/openid/callback',
      name: 'Toezichtcentrale Voorbeeld',
      roleClaim: 'groups',
      roles: [
        { value: 'liveview-supervisors', role: 'supervisor' },
        { value: 'liveview-operators-jeweller', role: 'operator', sites: ['jeweller'] },
      ],
    },
  },
  centre: { listen: '127.0.0.1:8080', allowedOrigins: [], trustedProxies: [] },
  police: {
    listen: '0.0.0.0:8443',
    tls: {
      cert: '/etc/liveview/tls/police.crt',
      key: '/etc/liveview/tls/police.key',
      clientCa: '/etc/liveview/tls/police-network-ca.crt',
      clientCert: 'required',
      clientCrl: ['/etc/liveview/tls/police-network.crl'],
    },
    maxMbit: 40,
  },
  controlRooms: [
    {
      id: 'rotterdam',
      name: 'Meldkamer Rotterdam',
      certificates: [{ name: 'meldkamer.rotterdam.example' }],
    },
    {
      id: 'brandweer',
      name: 'Meldkamer brandweer',
      service: 'fire',
      certificates: [{ name: 'meldkamer.brandweer.example' }],
    },
  ],
  sites: [
    {
      id: 'jeweller',
      name: 'Juwelier Lijnbaan',
      address: 'Lijnbaan 1, Rotterdam',
      contacts: [{ name: 'Sleutelhouder', phone: '+31 10 000 00 00', role: 'sleutelhouder' }],
      instructions: 'Back door opens to the courtyard.',
    },
    { id: 'square', name: 'Plein', requestable: { by: ['rotterdam'] } },
  ],
  cameras: [
    {
      id: 'shop-1',
      site: 'jeweller',
      name: 'Winkel',
      onvif: {
        host: '192.0.2.10',
        port: 80,
        username: 'liveview',
        password: { file: '/etc/liveview/shop-1.password' },
      },
      stream: { transport: 'auto', warm: 'on-alarm' },
      ptz: { afterIncident: { preset: 'Overzicht' } },
      outputs: [
        {
          id: 'siren',
          name: { nl: 'Sirene', en: 'Siren' },
          kind: 'siren',
          token: '1',
          requests: { on: 'confirm', off: 'auto' },
        },
      ],
      requests: { ptz: 'confirm', switch: 'auto' },
      sharing: { hours: ['08:00-18:00'], types: ['robbery', 'violence'] },
      alarms: {
        rules: [
          {
            topic: 'Device/Trigger/DigitalInput',
            match: { InputToken: '1' },
            kind: 'hold-up',
            text: { nl: 'Overvalknop toonbank', en: 'Hold-up button at the counter' },
          },
        ],
      },
    },
    {
      id: 'square-1',
      site: 'square',
      name: 'Plein',
      rtsp: {
        main: 'rtsp://192.0.2.20/1',
        sub: 'rtsp://192.0.2.20/2',
        username: 'liveview',
        password: { env: 'SQUARE_1_PASSWORD' },
      },
    },
  ],
  policy: {
    ptz: 'confirm',
    relay: 'never',
    switch: 'confirm',
    grantMinutes: 60,
    requestSeconds: 60,
    holdSeconds: 15,
  },
  closing: {
    steps: [
      {
        id: 'owner-told',
        text: { nl: 'De eigenaar is gebeld', en: 'The owner was called' },
        types: ['robbery', 'burglary'],
      },
    ],
  },
  journal: { keepDays: 365 },
  transcode: {
    encoder: 'auto',
    maxEncoders: 4,
    full: { width: 1920, height: 1080, kbps: 4000 },
    mpeg1: { width: 640, height: 360, kbps: 1500 },
    rungs: [
      { id: 'low', width: 640, height: 360, kbps: 800 },
      { id: 'mobile', width: 480, height: 270, kbps: 300, framesPerSecond: 10 },
    ],
  },
  alarms: {
    dc09: {
      listen: '0.0.0.0:10500',
      accounts: {
        '1409': {
          site: 'jeweller',
          key: { file: '/etc/liveview/panel-1409.key' },
          supervisionSeconds: 300,
          zones: {
            '1': { name: 'Overvalknop kassa', cameras: ['shop-1'] },
            '2': { name: 'Achterdeur' },
          },
        },
      },
    },
    webhook: [
      {
        token: 'glass-break',
        sites: ['jeweller'],
        types: { glass: { kind: 'burglary', text: { nl: 'Glasbreuk', en: 'Glass broken' } } },
      },
    ],
    onvif: { on: ['signal-loss', 'tamper', 'line-crossed'] },
  },
};

const HEAD = ` Configuration of the Live View gateway. Made from the schema in src/config/schema.ts;
 check your own copy with: liveview check --config FILE
 yaml-language-server: $schema=docs/reference/config.schema.json`;

/** `cameras.example.yaml`: the example with the schema's descriptions as comments. */
export function exampleYaml(): string {
  const document = new Document(EXAMPLE);
  document.commentBefore = HEAD;
  comment(document.contents, configJsonSchema(), new Set());
  return document.toString({ lineWidth: 100 });
}

/** JSON Schema (draft 2020-12) of what may be written, for editors. */
export function configJsonSchema(): JsonSchema {
  return z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
}

interface JsonSchema {
  description?: string;
  type?: string;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | false;
  anyOf?: JsonSchema[];
  items?: JsonSchema;
}

/** Each description is written once, above its first use. */
function comment(node: Node | null, schema: JsonSchema | undefined, said: Set<string>): void {
  if (isSeq(node)) {
    for (const item of node.items) comment(item as Node, schema?.items, said);
  }
  if (!isMap(node)) return;
  for (const pair of node.items) {
    if (!isScalar(pair.key)) continue;
    const field = fieldOf(schema, String(pair.key.value));
    if (field?.description && !said.has(field.description)) {
      said.add(field.description);
      pair.key.commentBefore = ` ${field.description}`;
    }
    comment(pair.value as Node | null, field, said);
  }
}

/** Where names are free, all fields are of one form; of several the one with settings. */
function fieldOf(schema: JsonSchema | undefined, key: string): JsonSchema | undefined {
  const named = schema?.properties?.[key];
  if (named) return named;
  const any = schema?.additionalProperties || undefined;
  return any?.anyOf?.find(({ type }) => type === 'object') ?? any;
}
