import { parseDiscoveryMessage } from '../../../src/cameras/discovery/messages.ts';
import { rewriteHost } from '../../../src/cameras/onvif/addresses.ts';
import {
  readClockMs,
  readIdentity,
  readServices,
} from '../../../src/cameras/onvif/device-answers.ts';
import { parseDurationMs } from '../../../src/cameras/onvif/duration.ts';
import { readSpaces } from '../../../src/cameras/onvif/ptz-spaces.ts';
import { faultOf } from '../../../src/cameras/onvif/soap.ts';
import { find, parseXml, type XmlElement } from '../../../src/cameras/xml.ts';
import { exampleYaml } from '../../../src/config/documents.ts';
import { parseConfig } from '../../../src/config/load.ts';
import { parseClientMessage } from '../../../src/server/protocol.ts';
import { JSON_WORDS, texts } from '../bytes.ts';
import { mustHold, type Target } from '../target.ts';

const XML = texts(
  '<',
  '>',
  '</',
  '/>',
  '<a>',
  '</a>',
  '<a b="',
  '"',
  "'",
  '=',
  ' ',
  '&amp;',
  '&#x41;',
  '<!--',
  '-->',
  '<![CDATA[',
  ']]>',
  '<?xml',
  '?>',
  '<!DOCTYPE',
  '__proto__',
  'xmlns:a="b"',
  '\n',
  ':',
);

const envelope = (body: string, header = '') =>
  `<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header>${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`;

const match =
  '<d:ProbeMatch><a:EndpointReference><a:Address>urn:uuid:4ab</a:Address></a:EndpointReference>' +
  '<d:Types>dn:NetworkVideoTransmitter\n tds:Device</d:Types>' +
  '<d:Scopes>onvif://www.onvif.org/name/Front%20door onvif://www.onvif.org/hardware/X1</d:Scopes>' +
  '<d:XAddrs>http://192.0.2.1/onvif/device_service\nhttps://[fe80::1]/</d:XAddrs></d:ProbeMatch>';

const discovery: Target = {
  name: 'WS-Discovery messages',
  shape: 'whole',
  seeds: [
    envelope(
      `<d:ProbeMatches>${match}${match}</d:ProbeMatches>`,
      '<a:RelatesTo>uuid:1</a:RelatesTo>',
    ),
    envelope(`<d:Hello>${match.replaceAll(/<\/?d:ProbeMatch>/g, '')}</d:Hello>`),
  ].map((text) => [Buffer.from(text)]),
  tokens: [...XML, ...texts('ProbeMatches', 'XAddrs', 'http://', '%', '%41')],
  growth: 100,
  run([bytes = Buffer.alloc(0)], emit) {
    emit(parseDiscoveryMessage(bytes.toString('utf8', 0, 65_507)));
  },
};

const SPACE =
  '<tt:ContinuousPanTiltVelocitySpace><tt:URI>http://www.onvif.org/ver10/tptz/PanTiltSpaces/VelocityGenericSpace</tt:URI>' +
  '<tt:XRange><tt:Min>-1</tt:Min><tt:Max>1</tt:Max></tt:XRange></tt:ContinuousPanTiltVelocitySpace>';

const onvif: Target = {
  name: 'answers of ONVIF devices',
  shape: 'whole',
  seeds: [
    '<tds:R><tds:SystemDateAndTime><tt:UTCDateTime><tt:Time><tt:Hour>1</tt:Hour><tt:Minute>2</tt:Minute><tt:Second>3</tt:Second></tt:Time><tt:Date><tt:Year>2026</tt:Year><tt:Month>1</tt:Month><tt:Day>2</tt:Day></tt:Date></tt:UTCDateTime></tds:SystemDateAndTime></tds:R>',
    '<tds:R><tds:Manufacturer>A&amp;B</tds:Manufacturer><tds:FirmwareVersion>1.10</tds:FirmwareVersion></tds:R>',
    '<tds:R><tds:Service><tds:Namespace>http://www.onvif.org/ver20/ptz/wsdl</tds:Namespace><tds:XAddr>http://192.0.2.1/ptz?x=1</tds:XAddr></tds:Service></tds:R>',
    '<tds:R><tds:Capabilities><tt:PTZ><tt:XAddr>rtsp://192.0.2.1:554/a</tt:XAddr></tt:PTZ></tds:Capabilities></tds:R>',
    `<r><Spaces>${SPACE}</Spaces><Duration>PT10.5S</Duration></r>`,
    '<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>ter:NotAuthorized</s:Value></s:Subcode></s:Code><s:Reason><s:Text>no</s:Text></s:Reason></s:Fault>',
  ].map((body) => [Buffer.from(envelope(body))]),
  tokens: [...XML, ...texts('PT', '1S', 'Envelope', 'Body', 'rtsp://', '@', '/')],
  growth: 100,
  run([bytes = Buffer.alloc(0)], emit) {
    const root = parseXml(bytes.toString(), 512 * 1024);
    emit(root);
    for (const answer of find(root, 'Body')?.children ?? []) emit(readings(answer));
  },
};

function readings(answer: XmlElement): unknown {
  const clockMs = readClockMs(answer);
  mustHold(
    clockMs === undefined || !Number.isNaN(Date.parse(new Date(clockMs).toISOString())),
    'a clock is a time',
  );
  const duration = parseDurationMs(find(answer, 'Duration')?.text);
  mustHold(duration === undefined || Number.isFinite(duration), 'a duration is a number');
  const uris = answer.children.map(({ text }) => rewriteHost(text, ['rtsp', 'http'], '192.0.2.9'));
  const spaces = readSpaces('continuous', find(answer, 'Spaces'), answer);
  return [
    clockMs,
    duration,
    uris,
    spaces,
    readIdentity(answer),
    readServices(answer),
    faultOf(answer),
  ];
}

const asked: Target = {
  name: 'text messages of the live socket (gateway)',
  shape: 'whole',
  seeds: [
    '{"type":"hello","protocol":1,"codecs":["avc1.640028"],"formats":["fmp4"],"client":"x","token":"y"}',
    '{"type":"watch","channel":1,"camera":"shop-1","incident":"i","quality":"auto"}',
    '{"type":"request","id":"1","incident":"i","action":"ptz.move","camera":"a","args":{"pan":0.5,"x":[{}]}}',
    '{"type":"stats","channel":1,"latencyMs":1.5,"bufferedMs":0,"decoded":1,"dropped":0}',
  ].map((text) => [Buffer.from(text)]),
  tokens: [...JSON_WORDS, ...texts('"hello"')],
  growth: 30,
  run([bytes = Buffer.alloc(0)], emit) {
    emit(parseClientMessage(bytes.toString()));
    mustHold(Object.keys(Object.prototype).length === 0, 'no message changes what objects are');
  },
};

const config: Target = {
  name: 'configuration',
  shape: 'whole',
  seeds: [
    [Buffer.from(exampleYaml().replaceAll(/^\s*#.*\n/gm, ''))],
    [
      Buffer.from(
        '%YAML 1.1\n---\ncameras:\n  - &a { id: a, rtsp: { main: "rtsp://192.0.2.1/" } }\n  - <<: *a\n    id: b\n',
      ),
    ],
  ],
  tokens: texts(
    'cameras:',
    '\n  - ',
    '{',
    '}',
    '[',
    ']',
    '*a',
    '&a ',
    '<<: ',
    '!!binary ',
    '|',
    '"',
    '%YAML 1.1\n',
    '? ',
    ': ',
  ),
  growth: 200,
  // The administrator's own file, read at the start and when told to, and every problem is named.
  maxCpuMs: 2_000,
  run([bytes = Buffer.alloc(0)], emit) {
    emit(parseConfig(bytes.toString('utf8', 0, 8_192), 'cameras.yaml'));
  },
};

export const MESSAGE_TARGETS: readonly Target[] = [discovery, onvif, asked, config];
