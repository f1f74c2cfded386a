import type { IncomingMessage } from 'node:http';
import type { Markup } from './markup.ts';
import type { SoapRequest } from './soap.ts';
import type { XmlElement } from './xml.ts';

/** One request to one operation. */
export interface Call {
  readonly body: XmlElement;
  readonly soap: SoapRequest;
  readonly http: IncomingMessage;
  /** `http://host:port`, under which the client reaches the device. */
  readonly base: string;
  /** Fires when the client has gone or the device is switched off. */
  readonly signal: AbortSignal;
}

/** Answers with what goes inside `<prefix:NameResponse>`. @throws OnvifFault */
export type Operation = (call: Call) => Markup | Promise<Markup>;

/** A web service of the device: its operations by the local name of the request. */
export interface OnvifService {
  readonly prefix: 'tds' | 'trt' | 'tr2' | 'tptz' | 'tev' | 'tmd' | 'wsnt';
  readonly namespace: string;
  readonly path: string;
  readonly version: { readonly major: number; readonly minor: number };
  /** What `GetServiceCapabilities` and `GetServices` say. */
  readonly capabilities: () => Markup;
  readonly operations: Readonly<Record<string, Operation>>;
  /** Operations of class PRE_AUTH (ONVIF Core §5.9.4.3): anyone may call them. */
  readonly open?: readonly string[];
  /** Operations that it has under the names of another service. */
  readonly answersAs?: Readonly<Record<string, OnvifService['prefix']>>;
}

export const PATHS = {
  tds: '/onvif/device_service',
  trt: '/onvif/media_service',
  tr2: '/onvif/media2_service',
  tptz: '/onvif/ptz_service',
  tev: '/onvif/event_service',
  tmd: '/onvif/deviceio_service',
  subscription: '/onvif/subscription',
  snapshot: '/onvif/snapshot',
} as const;
