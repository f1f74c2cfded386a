import type { Clock, Timer } from '../core/clock.ts';
import { systemClock } from '../core/clock.ts';
import { LiveViewError } from '../core/errors.ts';

/**
 * The relay outputs of a camera: contacts that a client closes and opens, and that fall back by
 * themselves when they are set up so.
 */

export interface RelaySetup {
  readonly mode: 'monostable' | 'bistable';
  readonly delayMs: number;
  readonly idle: 'open' | 'closed';
}

/** What real cameras do otherwise than the specification asks. */
export interface RelayQuirks {
  /** Keeps its outputs as they are set up. */
  refusesRelaySettings?: boolean;
  /** Switches no output that was not set up since it was switched on (some Bosch). */
  needsRelaySettings?: boolean;
  /** Has a DeviceIO service that lists outputs under other tokens and switches none. */
  relaysByDeviceOnly?: boolean;
}

/** Their names, for those who choose some. */
export const RELAY_QUIRKS = [
  'refusesRelaySettings',
  'needsRelaySettings',
  'relaysByDeviceOnly',
] as const satisfies (keyof RelayQuirks)[];

export interface RelayBankOptions {
  readonly tokens: readonly string[];
  readonly clock?: Clock;
  readonly quirks?: RelayQuirks;
  /** How somebody set the outputs up at the camera; bistable unless given. */
  readonly setup?: RelaySetup;
}

export interface RelayLogEntry {
  readonly atUnixUs: number;
  readonly token: string;
  /** `lapse`: it fell back by itself. */
  readonly act: 'setup' | 'on' | 'off' | 'lapse';
  readonly setup?: RelaySetup;
  readonly refused?: RelayRefusalCode;
}

export type RelayRefusalCode = 'relay-unknown' | 'relay-settings-refused' | 'relay-not-set-up';

/** The camera does not do what was asked; nothing was switched. */
export class RelayRefusal extends LiveViewError {
  override readonly code: RelayRefusalCode;

  constructor(code: RelayRefusalCode, message: string) {
    super(code, message);
    this.code = code;
  }
}

interface Relay {
  setup: RelaySetup;
  wasSetUp: boolean;
  on: boolean;
  lapse: Timer | undefined;
}

const AT_START: RelaySetup = { mode: 'bistable', delayMs: 1_000, idle: 'open' };
const MAX_LOG = 1_000;

export class RelayBank {
  readonly quirks: Readonly<RelayQuirks>;
  readonly #clock: Clock;
  readonly #relays: ReadonlyMap<string, Relay>;
  readonly #log: RelayLogEntry[] = [];
  /** Told of each change; set by whoever announces it. */
  onChange: (token: string, on: boolean) => void = () => undefined;

  constructor({ tokens, clock = systemClock, quirks = {}, setup = AT_START }: RelayBankOptions) {
    this.#clock = clock;
    this.quirks = quirks;
    this.#relays = new Map(
      tokens.map((token) => [token, { setup, wasSetUp: false, on: false, lapse: undefined }]),
    );
  }

  get tokens(): readonly string[] {
    return [...this.#relays.keys()];
  }

  /** What was asked of it and what it did, oldest first; the last thousand. */
  get log(): readonly RelayLogEntry[] {
    return this.#log;
  }

  setupOf(token: string): RelaySetup {
    return this.#relay(token).setup;
  }

  isOn(token: string): boolean {
    return this.#relay(token).on;
  }

  setUp(token: string, setup: RelaySetup): void {
    this.#asked({ token, act: 'setup', setup }, () => {
      const relay = this.#relay(token);
      if (this.quirks.refusesRelaySettings) {
        throw new RelayRefusal('relay-settings-refused', 'the outputs cannot be set up');
      }
      relay.setup = setup;
      relay.wasSetUp = true;
    });
  }

  set(token: string, on: boolean): void {
    this.#asked({ token, act: on ? 'on' : 'off' }, () => {
      const relay = this.#relay(token);
      if (this.quirks.needsRelaySettings && !relay.wasSetUp) {
        throw new RelayRefusal('relay-not-set-up', 'this output was not set up');
      }
      relay.lapse?.cancel();
      this.#change(token, relay, on);
      const { mode, delayMs } = relay.setup;
      if (!on || mode === 'bistable') return;
      relay.lapse = this.#clock.setTimer(delayMs, () => {
        this.#note({ token, act: 'lapse' });
        this.#change(token, relay, false);
      });
    });
  }

  /** It loses its power: every contact falls back, and what was set up since is forgotten. */
  switchOff(): void {
    for (const relay of this.#relays.values()) {
      relay.lapse?.cancel();
      relay.on = false;
      relay.wasSetUp = false;
    }
  }

  #change(token: string, relay: Relay, on: boolean): void {
    if (relay.on === on) return;
    relay.on = on;
    this.onChange(token, on);
  }

  #asked(entry: Omit<RelayLogEntry, 'atUnixUs' | 'refused'>, run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#note(error instanceof RelayRefusal ? { ...entry, refused: error.code } : entry);
      throw error;
    }
    this.#note(entry);
  }

  #note(entry: Omit<RelayLogEntry, 'atUnixUs'>): void {
    if (this.#log.length >= MAX_LOG) this.#log.shift();
    this.#log.push({ atUnixUs: this.#clock.unixUs(), ...entry });
  }

  #relay(token: string): Relay {
    const relay = this.#relays.get(token);
    if (relay) return relay;
    throw new RelayRefusal('relay-unknown', `there is no relay output ${token}`);
  }
}
