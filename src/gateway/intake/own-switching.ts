import type { CameraEvent } from '../../cameras/events.ts';
import type { CameraOutputs, OutputUse } from '../../cameras/outputs.ts';
import type { Clock } from '../../core/clock.ts';

/** What a camera tells may come this much later: it holds back a pull for ten seconds, and is then asked anew. */
const ECHO_MS = 15_000;
const RELAY = 'Device/Trigger/Relay';
/** Of the only output of a camera, which needs no name. */
const ANY = '';

/** Of one contact: a camera has a name for it at each of two services. */
const MAX_NAMES = 8;

interface Contact {
  /** What the camera calls it, at each of its services. */
  names: ReadonlySet<string>;
  /** On the clock: until then what is told of it is of our doing; for ever while we have it on. */
  untilMs: number;
}

/**
 * Which contacts this gateway switches itself. A camera tells of that as of anything that happens to its
 * relays, and it is no alarm. Nobody else can switch on what we have on, so that nothing is missed by it; what
 * has fallen back is no longer what we have on.
 */
export class OwnSwitching {
  readonly #clock: Clock;
  /** By device, and by the name in the configuration. */
  readonly #contacts = new Map<string, Map<string, Contact>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * The same outputs, of which it is noted what is switched.
   *
   * @param device where they are: several cameras may be channels of one recorder.
   */
  noting(device: string, outputs: CameraOutputs): CameraOutputs {
    return {
      list: (refresh) => outputs.list(refresh),
      lacks: (use) => outputs.lacks(use),
      names: (use) => outputs.names(use),
      on: (use) => this.#on(this.#contact(device, use), use, outputs),
      off: (use) => this.#off(this.#contact(device, use), use, outputs),
    };
  }

  /** Whether this event of a device tells of what we did. */
  isEcho(device: string, event: CameraEvent): boolean {
    const nowMs = this.#clock.nowMs();
    return this.#meant(device, event).some(({ untilMs }) => untilMs > nowMs);
  }

  /** A contact has fallen back, whoever did that: what it does next is not of our doing. */
  fellBack(device: string, event: CameraEvent): void {
    for (const contact of this.#meant(device, event)) {
      contact.untilMs = Math.min(contact.untilMs, this.#soon());
    }
  }

  /** Nothing is awaited before it is sent: what is switched off at the same time must find it under way. */
  async #on(contact: Contact, use: OutputUse, outputs: CameraOutputs) {
    contact.untilMs = Number.POSITIVE_INFINITY;
    const switched = outputs.on(use);
    this.#learnNames(contact, use, outputs);
    try {
      return await switched;
    } catch (error) {
      contact.untilMs = this.#soon();
      throw error;
    }
  }

  async #off(contact: Contact, use: OutputUse, outputs: CameraOutputs): Promise<void> {
    contact.untilMs = Math.max(contact.untilMs, this.#soon());
    const switched = outputs.off(use);
    this.#learnNames(contact, use, outputs);
    await switched;
    contact.untilMs = this.#soon();
  }

  #meant(device: string, { topic, source }: CameraEvent): Contact[] {
    if (topic !== RELAY) return [];
    const token = source.get('RelayToken');
    const contacts = [...(this.#contacts.get(device)?.values() ?? [])];
    return contacts.filter(
      ({ names }) => token === undefined || names.has(ANY) || names.has(plain(token)),
    );
  }

  #learnNames(contact: Contact, use: OutputUse, outputs: CameraOutputs): void {
    outputs.names(use).then(
      (names) => {
        const known = names.slice(0, MAX_NAMES).map(plain);
        contact.names = new Set([plain(use.token ?? ANY), ...known]);
      },
      // The name in the configuration is known in any case.
      () => undefined,
    );
  }

  #contact(device: string, { token = ANY }: OutputUse): Contact {
    const contacts = this.#contacts.get(device) ?? new Map<string, Contact>();
    this.#contacts.set(device, contacts);
    const known = contacts.get(token) ?? { names: new Set([plain(token)]), untilMs: 0 };
    contacts.set(token, known);
    return known;
  }

  #soon(): number {
    return this.#clock.nowMs() + ECHO_MS;
  }
}

function plain(token: string): string {
  return token.trim().toLowerCase();
}
