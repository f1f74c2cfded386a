import { type Clock, rfc3339 } from '../core/clock.ts';
import { LiveViewError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { type Actor, GATEWAY_ACTOR } from '../journal/record.ts';
import { MAX_CAMERAS } from './actions.ts';
import { AlarmLimits } from './alarm-limits.ts';
import type { Alarm, AlarmKind, AlarmSourceType, AlarmText } from './alarm-model.ts';
import { AlarmRepeats, type Told } from './alarm-repeats.ts';
import type { AlarmKey } from './alarm-state.ts';
import { stormOf } from './alarm-storm.ts';
import { knownCamera } from './known-camera.ts';
import type { Happening, Ledger } from './ledger.ts';
import type { Directory } from './model.ts';
import { nameOfReport, type ReportName, ReportNames } from './report-names.ts';

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
  /** Of all that it says, where that name is of the teller's making: another report may bear it, too. */
  readonly fingerprint?: string;
}

export interface Telling {
  readonly actor: Actor;
  readonly report: AlarmReport;
}

/** What comes in. Checked against the configured world here, against the state by the ledger. */
export class Alarms {
  readonly #clock: Clock;
  readonly #ledger: Ledger;
  readonly #directory: Directory;
  readonly #newId: () => string;
  readonly #limits: AlarmLimits;
  readonly #repeats: AlarmRepeats;
  /** Open alarms by what their source calls them. */
  readonly #open = new Map<string, string>();
  readonly #names: ReportNames;

  constructor(options: {
    clock: Clock;
    log: Logger;
    ledger: Ledger;
    directory: Directory;
    newId: () => string;
  }) {
    this.#ledger = options.ledger;
    this.#directory = options.directory;
    this.#newId = options.newId;
    this.#limits = new AlarmLimits(options.clock);
    this.#repeats = new AlarmRepeats(options);
    this.#names = new ReportNames(options.clock);
    this.#clock = options.clock;
  }

  /** Takes up what the journal holds. */
  resume(): void {
    const known = [...this.#ledger.state.alarmKeys].flatMap(([alarm, { names = [] }]) =>
      names.map((name) => ({ name, alarm })),
    );
    known.sort((a, b) => a.name.at.localeCompare(b.name.at));
    for (const { name, alarm } of known) this.#names.remember(name, name.at, alarm);
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
      if (alarm.state === 'ended') this.#repeats.forget(alarm.id);
    }
  }

  stop(): void {
    this.#repeats.stop();
  }

  /**
   * A new alarm, or one that is open already and is told again, or the alarm that stands for those of a
   * source that are too many.
   *
   * @throws LiveViewError `unknown-site`, `unknown-camera`, `invalid-request`, `report-name-taken`,
   *   `journal-unwritable`: nobody may be told then that it was taken.
   */
  raise(actor: Actor, report: AlarmReport): Alarm {
    const name = nameOfReport(report);
    const known = name && this.#ledger.state.alarms.get(this.#names.find(name) ?? '');
    if (known) return known;
    this.#check(report);
    const alarm = this.#take(actor, report, name);
    if (name) this.#names.remember(name, rfc3339(this.#clock.unixUs()), alarm.id);
    return alarm;
  }

  /**
   * The same for several at the same time, each of a source of its own and without a name: they wait for the
   * disk together. When it throws, some of them may have been taken; told again, these are counted.
   *
   * @throws as `raise`.
   */
  raiseTogether(all: readonly Telling[]): void {
    for (const { report } of all) this.#check(report);
    const open = all.flatMap(({ actor, report: told }) => {
      const alarm = this.openOf(told);
      return alarm ? [{ actor, alarm, told }] : [];
    });
    const others = all.filter(({ report }) => !this.openOf(report));
    const tooMany = new Set(others.filter(({ report }) => this.#exceeds(report)));
    const fresh = others.filter((each) => !tooMany.has(each));
    this.#ledger.recordTogether(
      fresh.map(({ actor, report }) => this.#raising(actor, report, undefined).happening),
    );
    this.#repeats.count(open);
    for (const { actor, report } of tooMany) this.#takeStorm(actor, report, undefined);
  }

  /** What is counted of it is written. @throws LiveViewError `journal-unwritable` */
  settle(id: string): void {
    this.#repeats.flush(id);
  }

  /** The same before what ends whether that can be written or not. */
  settleLast(id: string): void {
    this.#repeats.flushIfPossible(id);
  }

  /** @throws LiveViewError `unknown-alarm` */
  get(id: string): Alarm {
    const alarm = this.#ledger.state.alarms.get(id);
    if (alarm) return alarm;
    throw new LiveViewError('unknown-alarm', 'there is no such alarm (any more)');
  }

  #take(actor: Actor, report: AlarmReport, name: ReportName | undefined): Alarm {
    const open = this.openOf(report);
    if (open) return this.#repeat(actor, open, { ...report, name });
    if (this.#exceeds(report)) return this.#takeStorm(actor, report, name);
    return this.#raise(actor, report, name);
  }

  #takeStorm(actor: Actor, report: AlarmReport, name: ReportName | undefined): Alarm {
    const storm = stormOf(report);
    const counting = this.openOf(storm);
    if (counting) return this.#repeat(actor, counting, { ...storm, name });
    return this.#raise(GATEWAY_ACTOR, storm, name);
  }

  #exceeds(report: AlarmReport): boolean {
    return this.#limits.exceeds(report, this.#ledger.state.alarms.values());
  }

  #raise(actor: Actor, report: AlarmReport, name: ReportName | undefined): Alarm {
    const { alarm, happening } = this.#raising(actor, report, name);
    this.#ledger.recordTogether([happening]);
    return this.get(alarm);
  }

  #raising(actor: Actor, report: AlarmReport, name: ReportName | undefined) {
    const { cameras: named, restored, details = {}, once: _, fingerprint: __, ...told } = report;
    const cameras = [...new Set(named ?? this.#camerasOf(told.site))];
    const over = restored === true ? { restored } : {};
    const alarm = this.#newId();
    const data = { alarm, ...told, cameras, details, ...over, ...(name && { names: [name] }) };
    const happening: Happening = { kind: 'alarm.raised', actor, incident: undefined, data };
    return { alarm, happening };
  }

  #repeat(actor: Actor, alarm: Alarm, told: Told): Alarm {
    this.#repeats.count([{ actor, alarm, told }]);
    return this.get(alarm.id);
  }

  /** The open alarm that this report would be of. */
  openOf(report: Pick<AlarmReport, 'source' | 'site' | 'key'>): Alarm | undefined {
    return this.#ledger.state.alarms.get(this.#open.get(nameOf(report, report)) ?? '');
  }

  #check({ site, cameras }: AlarmReport): void {
    if (!this.#directory.sites.has(site)) {
      throw new LiveViewError('unknown-site', `there is no site ${site}`);
    }
    for (const camera of cameras ?? []) knownCamera(this.#directory, camera);
  }

  #camerasOf(site: string): string[] {
    const all = [...this.#directory.cameras.values()].filter((camera) => camera.site === site);
    return all.slice(0, MAX_CAMERAS).map(({ id }) => id);
  }
}

function nameOf({ source, site }: Pick<Alarm, 'source' | 'site'>, { key }: AlarmKey): string {
  return JSON.stringify([source.type, source.id, site, key]);
}
