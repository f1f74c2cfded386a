import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { SELF_SIGNED } from './self-signed.ts';

/** One request that a camera received. */
export interface Received {
  readonly operation: string;
  readonly path: string;
  /** The content of the SOAP body. */
  readonly body: string;
  readonly envelope: string;
  readonly headers: IncomingMessage['headers'];
  readonly socket: Socket;
}

/** What to do with an operation: the content of its response, a fault, or anything at all. */
export type Script = string | Answer;
export type Answer = (response: ServerResponse, received: Received) => void;

/** No stall of the test's own process makes the camera hang up. */
const KEEP_ALIVE_MS = 60_000;

const ENVELOPE =
  'xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:tt="http://www.onvif.org/ver10/schema"';

/** A camera on a real socket that answers as the test says, and remembers what it was asked. */
export class ScriptedCamera {
  readonly received: Received[] = [];
  readonly #server: Server;
  readonly #scripts: Map<string, Script>;

  private constructor(scripts: Readonly<Record<string, Script>>, https: boolean) {
    this.#scripts = new Map(Object.entries({ ...DEFAULTS, ...scripts }));
    const handle = (request: IncomingMessage, response: ServerResponse) =>
      void this.#handle(request, response);
    this.#server = https ? createTlsServer(SELF_SIGNED, handle) : createServer(handle);
    this.#server.keepAliveTimeout = KEEP_ALIVE_MS;
  }

  static async start(
    scripts: Readonly<Record<string, Script>> = {},
    https = false,
    host = '127.0.0.1',
  ): Promise<ScriptedCamera> {
    const camera = new ScriptedCamera(scripts, https);
    await new Promise<void>((resolve) => camera.#server.listen(0, host, resolve));
    return camera;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  script(operation: string, script: Script): void {
    this.#scripts.set(operation, script);
  }

  operations(): string[] {
    return this.received.map(({ operation }) => operation);
  }

  /** The bodies with which this was asked. */
  bodies(operation: string): string[] {
    return this.received.filter((each) => each.operation === operation).map(({ body }) => body);
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let envelope = '';
    for await (const chunk of request) envelope += String(chunk);
    const body = /<s:Body>(.*)<\/s:Body>/s.exec(envelope)?.[1] ?? '';
    const operation = /^<([A-Za-z]+)/.exec(body)?.[1] ?? '';
    const { url = '', headers, socket } = request;
    const received = { operation, path: url, body, envelope, headers, socket };
    this.received.push(received);
    const script = this.#scripts.get(operation) ?? fault('ActionNotSupported');
    if (typeof script === 'string') answer(response, operation, script);
    else script(response, received);
  }
}

/** Sends the response of an operation. */
export function answer(response: ServerResponse, operation: string, content: string): void {
  const body = `<s:Envelope ${ENVELOPE}><s:Body><${operation}Response>${content}</${operation}Response></s:Body></s:Envelope>`;
  response.setHeader('Content-Type', 'application/soap+xml');
  response.end(body);
}

export function fault(subcode: string, reason = 'no', status = 400): Answer {
  return (response) => {
    response.statusCode = status;
    response.end(`<s:Envelope ${ENVELOPE}><s:Body><s:Fault><s:Code><s:Value>s:Sender</s:Value>
      <s:Subcode><s:Value>ter:InvalidArgVal</s:Value><s:Subcode><s:Value>ter:${subcode}</s:Value></s:Subcode></s:Subcode></s:Code>
      <s:Reason><s:Text xml:lang="en">${reason}</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>`);
  };
}

export function clockAnswer(unixMs: number): string {
  const at = new Date(unixMs);
  return `<SystemDateAndTime><tt:UTCDateTime>
    <tt:Time><tt:Hour>${at.getUTCHours()}</tt:Hour><tt:Minute>${at.getUTCMinutes()}</tt:Minute><tt:Second>${at.getUTCSeconds()}</tt:Second></tt:Time>
    <tt:Date><tt:Year>${at.getUTCFullYear()}</tt:Year><tt:Month>${at.getUTCMonth() + 1}</tt:Month><tt:Day>${at.getUTCDate()}</tt:Day></tt:Date>
    </tt:UTCDateTime></SystemDateAndTime>`;
}

function service(namespace: string, path: string): string {
  return `<Service><Namespace>http://www.onvif.org/${namespace}/wsdl</Namespace>
    <XAddr>http://10.255.255.1:8899${path}</XAddr></Service>`;
}

export function mediaProfile(
  token: string,
  width: number,
  height: number,
  encoding = 'H264',
): string {
  return `<Profiles token="${token}"><VideoSourceConfiguration><tt:SourceToken>0</tt:SourceToken></VideoSourceConfiguration>
    <VideoEncoderConfiguration><tt:Encoding>${encoding}</tt:Encoding>
    <tt:Resolution><tt:Width>${width}</tt:Width><tt:Height>${height}</tt:Height></tt:Resolution></VideoEncoderConfiguration>
    <PTZConfiguration token="ptz"><tt:NodeToken>node</tt:NodeToken>
    <tt:DefaultContinuousPanTiltVelocitySpace>urn:velocity</tt:DefaultContinuousPanTiltVelocitySpace></PTZConfiguration></Profiles>`;
}

export function space(
  name: string,
  uri: string,
  x: [number, number],
  y?: [number, number],
): string {
  const range = (axis: string, [min, max]: [number, number]) =>
    `<tt:${axis}><tt:Min>${min}</tt:Min><tt:Max>${max}</tt:Max></tt:${axis}>`;
  return `<tt:${name}><tt:URI>${uri}</tt:URI>${range('XRange', x)}${y ? range('YRange', y) : ''}</tt:${name}>`;
}

/** A dome of Profile S, all of whose services it says are at another host. */
const DEFAULTS: Readonly<Record<string, Script>> = {
  GetSystemDateAndTime: (response) =>
    answer(response, 'GetSystemDateAndTime', clockAnswer(Date.now())),
  GetServices:
    service('ver10/device', '/onvif/device_service') +
    service('ver10/media', '/onvif/media?x=1') +
    service('ver20/ptz', '/onvif/ptz'),
  GetDeviceInformation:
    '<Manufacturer>Acme</Manufacturer><Model>D1</Model><FirmwareVersion>2.0</FirmwareVersion><SerialNumber>1</SerialNumber><HardwareId>1</HardwareId>',
  GetProfiles: mediaProfile('0', 1920, 1080) + mediaProfile('1', 640, 360),
  GetStreamUri: '<MediaUri><tt:Uri>rtsp://10.255.255.1/live</tt:Uri></MediaUri>',
  GetConfigurationOptions: `<PTZConfigurationOptions><tt:Spaces>
    ${space('ContinuousPanTiltVelocitySpace', 'urn:velocity', [-1, 1], [-1, 1])}
    ${space('ContinuousZoomVelocitySpace', 'urn:zoom/GenericVelocity', [-1, 1])}
    ${space('AbsolutePanTiltPositionSpace', 'urn:position/Generic', [-1, 1], [-1, 1])}
    ${space('AbsoluteZoomPositionSpace', 'urn:zoom/Generic', [0, 1])}</tt:Spaces>
    <tt:PTZTimeout><tt:Min>PT0.5S</tt:Min><tt:Max>PT1M</tt:Max></tt:PTZTimeout></PTZConfigurationOptions>`,
  GetNodes: '<PTZNode token="node"><tt:HomeSupported>true</tt:HomeSupported></PTZNode>',
  GetPresets: '<Preset token="0"><tt:Name>Door</tt:Name></Preset>',
  GetStatus:
    '<PTZStatus><tt:MoveStatus><tt:PanTilt>IDLE</tt:PanTilt><tt:Zoom>IDLE</tt:Zoom></tt:MoveStatus></PTZStatus>',
  ContinuousMove: '',
  AbsoluteMove: '',
  Stop: '',
  GotoPreset: '',
  GotoHomePosition: '',
};
