import { type Clock, rfc3339 } from '../core/clock.ts';
import { LiveViewError } from '../core/errors.ts';
import type { Actor } from '../journal/record.ts';
import { MAX_CAMERAS } from './actions.ts';
import type { Alarm, AlarmKind, AlarmSourceType, AlarmText } from './alarm-model.ts';
import type { AlarmKey } from './alarm-state.ts';
import type { Ledger } from './ledger.ts';
import type { Directory } from './model.ts';

/** What a source tells. */
export interface AlarmReport {
  readonly source: { readonly type: AlarmSourceType; readonly id: string };
  readonly site: string;
  readonly kind: AlarmKind;
  /** 1 (most urgent) … 5. */
  readonly priority: number;
  readonly text: AlarmText;
  /** Cameras that see it; those of the site unless told. */
  readonly cameras?: readonly string[];
  /** Reports of a source with the same key are one alarm while that is open. */
  readonly key: string;
  /** When it happened by the source's own word, RFC 3339; when it came in is the gateway's own clock. */
  readonly occurredAt?: string;
  /** It is over at the source; does not close the alarm, is shown with it. */
  readonly restored?: boolean;
  /** For those who want to see it: code, partition, zone … bounded, strings only. */
  readonly details?: Readonly<Record<string, string>>;
  /** Names this report: a source that tells it twice, not knowing whether it was heard, told it once. */
  readonly once?: string;
}

/** What comes in, and what is done about it. Checked against the world here, against the state by the ledger. */
export class Alarms {
  readonly #clock: Clock;
  readonly #ledger: Ledger;
  readonly #directory: Directory;
  readonly #newId: () => string;
  /** Open alarms by what their source calls them. */
  readonly #open = new Map<string, string>();

  constructor(options: {
    clock: Clock;
    ledger: Ledger;
    directory: Directory;
    newId: () => string;
  }) {
    this.#clock = options.clock;
    this.#ledger = options.ledger;
    this.#directory = options.directory;
    this.#newId = options.newId;
  }

  /** Takes up what the journal holds. */
  resume(): void {
    this.changed([...this.#ledger.state.alarms.values()]);
  }

  /** Alarms have changed. */
  changed(alarms: readonly Alarm[]): void {
    for (const alarm of alarms) {
      const known = this.#ledger.state.alarmKeys.get(alarm.id);
      if (!known) continue;
      const name = nameOf(alarm, known);
      if (alarm.state === 'open') this.#open.set(name, alarm.id);
      else if (this.#open.get(name) === alarm.id) this.#open.delete(name);
    }
  }

  /**
   * A new alarm, or one that is open already and is told again.
   *
   * @throws LiveViewError `unknown-site`, `unknown-camera`, `invalid-request`, `journal-unwritable`:
   *   nobody may be told then that it was taken.
   */
  raise(actor: Actor, report: AlarmReport): Alarm {
    const open = this.#open.get(nameOf(report, report));
    return open === undefined ? this.#raise(actor, report) : this.#repeat(actor, open, report);
  }

  /** @throws LiveViewError `unknown-alarm` */
  get(id: string): Alarm {
    const alarm = this.#ledger.state.alarms.get(id);
    if (alarm) return alarm;
    throw new LiveViewError('unknown-alarm', 'there is no such alarm (any more)');
  }

  #raise(actor: Actor, report: AlarmReport): Alarm {
    const { cameras: named, restored, details = {}, ...told } = report;
    const { sites, cameras: known } = this.#directory;
    if (!sites.has(report.site)) {
      throw new LiveViewError('unknown-site', `there is no site ${report.site}`);
    }
    const unknown = named?.find((camera) => !known.has(camera));
    if (unknown !== undefined) {
      throw new LiveViewError('unknown-camera', `there is no camera ${unknown}`);
    }
    const cameras = [...new Set(named ?? this.#camerasOf(report.site))];
    const over = restored === true ? { restored } : {};
    const id = this.#newId();
    const data = { alarm: id, ...told, cameras, details, ...over };
    this.#ledger.record('alarm.raised', actor, undefined, data);
    return this.get(id);
  }

  #repeat(actor: Actor, id: string, { restored }: AlarmReport): Alarm {
    const { incident } = this.get(id);
    const at = rfc3339(this.#clock.unixUs());
    if (restored) {
      this.#ledger.record('alarm.restored', actor, incident, { alarm: id, restoredAt: at });
    } else {
      this.#ledger.record('alarm.repeated', actor, incident, { alarm: id, count: 1, lastAt: at });
    }
    return this.get(id);
  }

  #camerasOf(site: string): string[] {
    const all = [...this.#directory.cameras.values()].filter((camera) => camera.site === site);
    return all.slice(0, MAX_CAMERAS).map(({ id }) => id);
  }
}

function nameOf({ source, site }: Pick<Alarm, 'source' | 'site'>, { key }: AlarmKey): string {
  return JSON.stringify([source.type, source.id, site, key]);
}
