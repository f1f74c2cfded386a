import type { Clock } from '../../core/clock.ts';
import { withDeadline } from '../../core/deadline.ts';
import { codeOf } from '../../core/errors.ts';
import type { XmlElement } from '../xml.ts';
import { CameraError } from './camera-error.ts';
import type { Identity } from './description.ts';
import { readClockMs, readIdentity, readServices, type ServicePaths } from './device-answers.ts';
import type { Operation } from './soap.ts';
import { type Endpoint, type Lane, SoapClient } from './soap-client.ts';

export interface CallOptions {
  readonly signal: AbortSignal;
  readonly lane?: Lane;
}

/** What is known of a camera once it has been connected to. */
interface Known {
  readonly paths: ServicePaths;
  readonly identity: Identity;
}

const DEVICE_PATH = '/onvif/device_service';
const CONNECT_MS = 8_000;
/** The camera's clock tells whole seconds; a smaller difference is no reason to sign again. */
const CLOCK_STEP_MS = 2_000;
/** How often it may move within one call. */
const CLOCK_STEPS = 2;

/**
 * The conversation with one camera: when to connect, and how to sign. It runs in the worker.
 *
 * Connecting is: its clock (needs no authentication, and tokens must bear its time), its services,
 * its identity (which proves the credentials; a wrong password may pass everything before). After a
 * camera was unreachable the next call connects anew, except an urgent one, which leaves at once.
 */
export class OnvifSession {
  readonly #client: SoapClient;
  readonly #clock: Clock;
  #clockOffsetMs = 0;
  #known: Known | undefined;
  #stale = false;
  #connecting: Promise<Known> | undefined;

  /** @param onAnswer called before an answer is read */
  constructor(endpoint: Endpoint, clock: Clock, onAnswer: () => void) {
    this.#client = new SoapClient(endpoint, onAnswer);
    this.#clock = clock;
  }

  /** How far the camera's clock is ahead of ours, as of the last look. */
  get clockOffsetMs(): number {
    return this.#clockOffsetMs;
  }

  async identity(): Promise<Identity> {
    return (await this.#connected()).identity;
  }

  async paths(): Promise<ServicePaths> {
    return (await this.#connected()).paths;
  }

  /** Asks for the clock only: whether somebody that speaks ONVIF is there. */
  async syncClock(signal: AbortSignal): Promise<number> {
    const operation: Operation = { service: 'device', name: 'GetSystemDateAndTime' };
    const post = { path: DEVICE_PATH, operation, signal };
    const beforeMs = this.#nowMs();
    const answer = await this.#client.post(post).catch((error) => {
      // a few cameras want to know who asks, and then must be near our time
      if (codeOf(error) !== 'camera-refused-credentials') throw error;
      return this.#client.post({ ...post, deviceUnixMs: this.#nowMs() });
    });
    const deviceMs = readClockMs(answer);
    const betweenMs = (beforeMs + this.#nowMs()) / 2;
    this.#clockOffsetMs = Math.round(deviceMs === undefined ? 0 : deviceMs - betweenMs);
    return this.#clockOffsetMs;
  }

  /**
   * The `…Response` element.
   *
   * @throws CameraError
   */
  async call(operation: Operation, options: CallOptions): Promise<XmlElement> {
    const { paths } = await this.#connected(options.lane);
    const path = paths[operation.service];
    if (path === undefined) {
      const { name, service } = operation;
      throw new CameraError('not-supported', `the camera has no ${service} service (${name})`);
    }
    return this.#signed(path, operation, options);
  }

  /** The same at a path that the camera gave. @throws CameraError */
  async callAt(path: string, operation: Operation, options: CallOptions): Promise<XmlElement> {
    await this.#connected(options.lane);
    return this.#signed(path, operation, options);
  }

  /** Our own time. */
  unixUs(): number {
    return this.#clock.unixUs();
  }

  close(): void {
    this.#client.close();
  }

  #connected(lane?: Lane): Promise<Known> {
    if (this.#known && (lane === 'urgent' || !this.#stale)) return Promise.resolve(this.#known);
    this.#connecting ??= withDeadline(this.#clock, 'the camera', CONNECT_MS, (signal) =>
      this.#connect(signal),
    ).finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  async #connect(signal: AbortSignal): Promise<Known> {
    await this.syncClock(signal);
    const paths = await this.#services(signal);
    const operation: Operation = { service: 'device', name: 'GetDeviceInformation' };
    const answer = await this.#signed(paths.device ?? DEVICE_PATH, operation, { signal });
    this.#known = { paths, identity: readIdentity(answer) };
    this.#stale = false;
    return this.#known;
  }

  /** GetServices came with ONVIF 2.1; before, there was GetCapabilities. */
  async #services(signal: AbortSignal): Promise<ServicePaths> {
    const ask = (name: string, content: string) =>
      this.#signed(DEVICE_PATH, { service: 'device', name, content }, { signal });
    try {
      const content = '<IncludeCapability>false</IncludeCapability>';
      return readServices(await ask('GetServices', content));
    } catch (error) {
      if (!['not-supported', 'camera-fault'].includes(codeOf(error))) throw error;
      return readServices(await ask('GetCapabilities', '<Category>All</Category>'));
    }
  }

  /**
   * A camera whose clock was set refuses every token. Its clock is looked at again; when that has
   * moved since the call was signed, the call is signed anew. When it has not, the password is wrong,
   * and trying again would only bring the account nearer to being locked. A call may wait at the
   * camera for long, so its clock may move again meanwhile: as when it is switched off and on.
   */
  async #signed(path: string, operation: Operation, options: CallOptions): Promise<XmlElement> {
    for (let triesLeft = CLOCK_STEPS; ; triesLeft -= 1) {
      const signedMs = this.#clockOffsetMs;
      const post = { path, operation, deviceUnixMs: this.#deviceMs(), ...options };
      try {
        return await this.#client.post(post);
      } catch (error) {
        if (codeOf(error) === 'camera-unreachable') this.#stale = true;
        if (codeOf(error) !== 'camera-refused-credentials' || triesLeft === 0) throw error;
        await this.syncClock(options.signal).catch(() => undefined);
        if (Math.abs(this.#clockOffsetMs - signedMs) < CLOCK_STEP_MS) throw error;
      }
    }
  }

  #deviceMs(): number {
    return this.#nowMs() + this.#clockOffsetMs;
  }

  #nowMs(): number {
    return this.#clock.unixUs() / 1000;
  }
}
