import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '../../core/clock.ts';
import { type Logger, silentLogger } from '../../core/log.ts';
import type { Credentials } from '../../core/secret.ts';
import type { PtzModel } from '../ptz-model.ts';
import type { RelayBank } from '../relay-bank.ts';
import { Authenticator, type AuthMode } from './authenticator.ts';
import { deviceService } from './device-service.ts';
import { eventService, subscriptionManager } from './event-service.ts';
import { listen, shut } from './http.ts';
import { type DeviceIdentity, endpointUuid, scopesOf } from './identity.ts';
import { mediaService } from './media-service.ts';
import { media2Service } from './media2-service.ts';
import type { StreamProfile } from './profiles.ts';
import { ptzService } from './ptz-service.ts';
import { PullPoints } from './pull-points.ts';
import { deviceIoService } from './relay-services.ts';
import { RequestHandler } from './request-handler.ts';
import { type OnvifService, PATHS } from './service.ts';
import { initialEvent, TOPICS, values } from './topics.ts';

export interface OnvifDeviceOptions {
  /** Address to listen on. */
  host: string;
  /** 0 for any free one. */
  port: number;
  identity: DeviceIdentity;
  /** Absent: a device without passwords. */
  credentials?: Credentials;
  profiles: readonly StreamProfile[];
  /** Absent: a fixed camera, without a PTZ service. */
  ptz?: PtzModel;
  /** Absent: a camera without relay outputs. */
  relays?: RelayBank;
  clock?: Clock;
  /** How far the device's clock is off. */
  clockOffsetMs?: number;
  /** A JPEG of what it sees. */
  snapshot?: () => Promise<Buffer>;
  /** A client asks for a key frame. */
  onSynchronizationPoint?: (profileToken: string) => void;
  media2?: boolean;
  authModes?: readonly AuthMode[];
  /** How far a UsernameToken may be from the device's clock; a minute unless told. */
  clockWindowMs?: number;
  /** How long an HTTP Digest nonce is good; two minutes unless told. */
  digestNonceMs?: number;
  /** The host in every address that the device gives out, when it is not the one it is reached at. */
  advertisedHost?: string;
  /** Event subscriptions share one address and are told apart by a reference parameter (Axis). */
  subscriptionIdInHeader?: boolean;
  logger?: Logger;
}

export interface OnvifDevice {
  /** Address of the device service. */
  readonly url: string;
  readonly port: number;
  /** What a WS-Discovery responder announces. */
  readonly endpoint: { readonly uuid: string; readonly scopes: readonly string[] };
  /** Settable, to step the device's clock. */
  clockOffsetMs: number;
  /** How many clients are subscribed to events. */
  readonly subscriptions: number;
  /** Tells subscribers. `topic` is a path such as `Device/Trigger/DigitalInput`, `tns1:` is allowed. */
  trigger(
    topic: string,
    data: Readonly<Record<string, string | number | boolean>>,
    source?: Readonly<Record<string, string>>,
  ): void;
  /** Stops listening and cuts every connection. */
  stop(): Promise<void>;
}

/** Switches a virtual ONVIF camera on. @throws LiveViewError `onvif-listen-failed` */
export async function startOnvifDevice(options: OnvifDeviceOptions): Promise<OnvifDevice> {
  const device = new Device(options);
  await device.start();
  return device;
}

class Device implements OnvifDevice {
  clockOffsetMs: number;
  readonly endpoint: { readonly uuid: string; readonly scopes: readonly string[] };
  readonly #options: OnvifDeviceOptions;
  readonly #clock: Clock;
  readonly #points: PullPoints;
  readonly #handler: RequestHandler;
  readonly #off = new AbortController();
  #server: Awaited<ReturnType<typeof listen>> | undefined;

  constructor(options: OnvifDeviceOptions) {
    const { identity, ptz, media2 = true } = options;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.clockOffsetMs = options.clockOffsetMs ?? 0;
    const scopes = scopesOf(identity, ptz !== undefined, media2);
    this.endpoint = { uuid: endpointUuid(identity), scopes };
    const state = TOPICS.flatMap((topic) => initialEvent(topic, this.#nowMs()) ?? []);
    this.#points = new PullPoints(this.#clock, state);
    this.#handler = new RequestHandler({
      services: this.#services(media2),
      authenticator: this.#authenticator(),
      profiles: options.profiles,
      snapshot: options.snapshot,
      advertisedHost: options.advertisedHost,
      signal: this.#off.signal,
      logger: (options.logger ?? silentLogger).child({ device: identity.name }),
    });
  }

  async start(): Promise<void> {
    const handle = (http: IncomingMessage, response: ServerResponse) =>
      this.#handler.handle(http, response);
    this.#server = await listen(this.#options.host, this.#options.port, handle);
    const { relays } = this.#options;
    if (!relays) return;
    relays.onChange = (token, on) =>
      this.trigger(
        'Device/Trigger/Relay',
        { LogicalState: on ? 'active' : 'inactive' },
        { RelayToken: token },
      );
  }

  async stop(): Promise<void> {
    this.#off.abort();
    if (this.#server) await shut(this.#server);
    this.#server = undefined;
  }

  get port(): number {
    const address = this.#server?.address() as AddressInfo | null | undefined;
    return address?.port ?? this.#options.port;
  }

  get url(): string {
    const host = this.#options.advertisedHost ?? this.#options.host;
    return `http://${host.includes(':') ? `[${host}]` : host}:${this.port}${PATHS.tds}`;
  }

  get subscriptions(): number {
    return this.#points.size;
  }

  trigger(
    topic: string,
    data: Readonly<Record<string, string | number | boolean>>,
    source?: Readonly<Record<string, string>>,
  ): void {
    const path = topic.replace(/^tns1:/, '');
    const known = TOPICS.find((one) => one.path === path);
    this.#points.publish({
      topic: path,
      source: source ?? values(known?.source ?? {}),
      data,
      atMs: this.#nowMs(),
      ...(known?.isProperty ? { operation: 'Changed' } : {}),
    });
  }

  /** The device's own idea of the time, Unix ms. */
  #nowMs(): number {
    return this.#clock.unixUs() / 1000 + this.clockOffsetMs;
  }

  #authenticator(): Authenticator | undefined {
    const { credentials, authModes, clockWindowMs, digestNonceMs } = this.#options;
    if (!credentials) return undefined;
    return new Authenticator({
      clock: this.#clock,
      nowMs: () => this.#nowMs(),
      credentials,
      modes: authModes ?? ['wsse', 'digest'],
      clockWindowMs: clockWindowMs ?? 60_000,
      digestNonceMs: digestNonceMs ?? 120_000,
    });
  }

  #services(media2: boolean): readonly OnvifService[] {
    const { identity, profiles, ptz, relays, credentials } = this.#options;
    const nowMs = () => this.#nowMs();
    const media = {
      profiles,
      ptz,
      hasSnapshot: this.#options.snapshot !== undefined,
      onSynchronizationPoint: this.#options.onSynchronizationPoint ?? (() => undefined),
    };
    const events = {
      points: this.#points,
      monotonicMs: () => this.#clock.nowMs(),
      nowMs,
      subscriptionIdInHeader: this.#options.subscriptionIdInHeader ?? false,
    };
    const services: OnvifService[] = [
      deviceService({
        identity,
        scopes: this.endpoint.scopes,
        username: credentials?.username,
        nowMs,
        setTimeMs: (unixMs) => {
          this.clockOffsetMs += unixMs - this.#nowMs();
        },
        services: () => services,
        relays,
      }),
      mediaService(media),
      ...(media2 ? [media2Service(media)] : []),
      ...(ptz ? [ptzService({ model: ptz, profiles, nowMs })] : []),
      ...(relays ? [deviceIoService(relays)] : []),
      eventService(events),
      subscriptionManager(events),
    ];
    return services;
  }
}
