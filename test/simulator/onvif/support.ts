/** A client that does nothing for you: every byte of a request is the test's. */
import { createHash, randomBytes } from 'node:crypto';
import { Secret } from '../../../src/core/secret.ts';
import type { OnvifDeviceOptions } from '../../../src/simulator/onvif/device.ts';
import { NAMESPACES } from '../../../src/simulator/onvif/soap.ts';
import { find, parseXml, textOf, type XmlElement } from '../../../src/simulator/onvif/xml.ts';

export const PASSWORD = 'geheim & <meer>';

/** A camera with two profiles, and names that need escaping. */
export function deviceOptions(overrides: Partial<OnvifDeviceOptions> = {}): OnvifDeviceOptions {
  return {
    host: '127.0.0.1',
    port: 0,
    identity: {
      manufacturer: 'Voorbeeld',
      model: 'Dome <2>',
      firmware: '1.10',
      serialNumber: 'SN-0042',
      hardwareId: '0',
      name: 'Winkel & etalage',
      location: 'Lijnbaan 1',
    },
    credentials: { username: 'liveview', password: new Secret(PASSWORD) },
    profiles: [
      {
        token: 'main',
        name: 'Main',
        rtspUri: 'rtsp://127.0.0.1:8554/shop?stream=main&n=1',
        width: 1920,
        height: 1080,
        fps: 25,
        kbps: 4000,
      },
      {
        token: 'sub',
        name: 'Sub',
        rtspUri: 'rtsp://127.0.0.1:8554/shop?stream=sub&n=1',
        width: 640,
        height: 360,
        fps: 12.5,
        kbps: 500,
      },
    ],
    ...overrides,
  };
}

export interface Reply {
  status: number;
  headers: Headers;
  raw: string;
  envelope: XmlElement;
  /** The element inside the body. */
  content: XmlElement | undefined;
  /** Subcodes of a fault, outermost first, without prefix; empty when it is none. */
  fault: string[];
}

/** Posts an envelope with this body; the usual prefixes are declared. */
export async function post(
  url: string,
  body: string,
  options: { header?: string; headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<Reply> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/soap+xml', ...options.headers },
    body: envelope(body, options.header),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  const raw = await response.text();
  const read = parseXml(raw);
  const content = find(read, 'Body')?.children[0];
  return {
    status: response.status,
    headers: response.headers,
    raw,
    envelope: read,
    content,
    fault: subcodes(content),
  };
}

/** The same, signed with a fresh UsernameToken. */
export function signed(
  url: string,
  body: string,
  options: { header?: string; signal?: AbortSignal; token?: TokenOptions } = {},
): Promise<Reply> {
  const { token, header = '', ...others } = options;
  return post(url, body, { ...others, header: usernameToken(token) + header });
}

export function envelope(body: string, header = ''): string {
  const prefixes = Object.entries(NAMESPACES).map(([prefix, uri]) => `xmlns:${prefix}="${uri}"`);
  return `<s:Envelope ${prefixes.join(' ')}><s:Header>${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`;
}

export interface TokenOptions {
  username?: string;
  password?: string;
  created?: string;
  nonce?: Buffer;
  type?: string;
}

export function usernameToken(options: TokenOptions = {}): string {
  const { username = 'liveview', password = PASSWORD, type = 'PasswordDigest' } = options;
  const { created = new Date().toISOString(), nonce = randomBytes(16) } = options;
  const digest = createHash('sha1').update(nonce).update(created).update(password).digest('base64');
  const wsse = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss';
  return `<w:Security xmlns:w="${wsse}-wssecurity-secext-1.0.xsd"><w:UsernameToken>
    <w:Username>${username}</w:Username>
    <w:Password Type="${wsse}-username-token-profile-1.0#${type}">${digest}</w:Password>
    <w:Nonce>${nonce.toString('base64')}</w:Nonce>
    <u:Created xmlns:u="${wsse}-wssecurity-utility-1.0.xsd">${created}</u:Created>
    </w:UsernameToken></w:Security>`;
}

function subcodes(content: XmlElement | undefined): string[] {
  const codes: string[] = [];
  let level = content?.name === 'Fault' ? find(content, 'Code', 'Subcode') : undefined;
  for (; level; level = find(level, 'Subcode')) {
    codes.push((textOf(level, 'Value') ?? '').replace(/^ter:/, ''));
  }
  return codes;
}
