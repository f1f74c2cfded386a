import type { CameraEvent, CameraEvents } from '../../cameras/events.ts';
import type { OnvifRule } from '../../config/alarm-sources.ts';
import { type Clock, rfc3339, type Timer } from '../../core/clock.ts';
import { codeOf, describe } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import type { Actor } from '../../journal/record.ts';
import { KIND_FACTS } from '../../liveview/alarm-kinds.ts';
import type { Alarm } from '../../liveview/alarm-model.ts';
import type { AlarmReport } from '../../liveview/alarms.ts';
import type { OwnSources } from '../own-sources.ts';
import { isActive, ruleFor } from './onvif-rules.ts';

/** A camera that is listened to, and what of it is an alarm. */
export interface ListenedCamera {
  readonly id: string;
  readonly name: string;
  readonly site: string;
  readonly events: CameraEvents;
  /** Which video sources of the device are the camera's own; a recorder tells of others too. */
  readonly ownSources: () => Promise<OwnSources>;
  /** Whether it tells of a relay that this gateway switched itself. */
  readonly isEcho: (event: CameraEvent) => boolean;
  /** Told of what is over at the camera. */
  readonly fellBack: (event: CameraEvent) => void;
  readonly rules: readonly OnvifRule[];
}

export interface OnvifAlarmsOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly raise: (actor: Actor, report: AlarmReport) => Alarm;
  /** The open alarm that this report would be of. */
  readonly openAlarm: (report: AlarmReport) => Alarm | undefined;
}

/** Events of one camera that wait for its answer to which sources are its own. */
const MAX_WAITING = 256;
const OVERFULL =
  'a camera tells much and does not say of which sources; some of its events are lost';
/** Reports that could not be journalled, and how often they are told again. */
const MAX_UNHEARD = 256;
const AGAIN_MS = 5_000;
const MAX_DETAILS = 16;
const MAX_KEY = 200;
const VIDEO_SOURCES = ['Source', 'VideoSource', 'VideoSourceToken'];
/** By which rules of analytics say what they look at. */
const VIDEO_CONFIGURATIONS = ['VideoSourceConfigurationToken', 'VideoSourceConfiguration'];

interface Listening {
  readonly camera: ListenedCamera;
  readonly leave: () => void;
}

/**
 * Alarms that cameras tell by ONVIF. A state that becomes so is an alarm, one that no longer is restores
 * it, one that was so before anybody listened (`Initialized`) is none, nor is what we switched ourselves.
 */
export class OnvifAlarms {
  readonly #options: OnvifAlarmsOptions;
  readonly #listening = new Map<string, Listening>();
  /** By what they are about. */
  readonly #unheard = new Map<string, { readonly actor: Actor; readonly report: AlarmReport }>();
  #again: Timer | undefined;

  constructor(options: OnvifAlarmsOptions) {
    this.#options = options;
  }

  /** Listens to these from now on, and no longer to others. Those that are as they were go on. */
  update(cameras: readonly ListenedCamera[]): void {
    const wanted = new Map(
      cameras.filter(({ rules }) => rules.length > 0).map((camera) => [camera.id, camera]),
    );
    for (const [id, { camera, leave }] of this.#listening) {
      const next = wanted.get(id);
      if (next && isSame(camera, next)) wanted.delete(id);
      else {
        leave();
        this.#listening.delete(id);
      }
    }
    for (const camera of wanted.values()) this.#listen(camera);
  }

  stop(): void {
    this.update([]);
    this.#again?.cancel();
    this.#again = undefined;
    this.#unheard.clear();
  }

  #listen(camera: ListenedCamera): void {
    let waiting = 0;
    let isFull = false;
    let last = Promise.resolve();
    const leave = camera.events.listen({
      event: (event) => {
        if (waiting >= MAX_WAITING) {
          if (!isFull) this.#options.log.warn(OVERFULL, { camera: camera.id });
          isFull = true;
          return;
        }
        waiting += 1;
        // One after another: that it is over must not overtake that it began.
        last = last
          .then(() => this.#event(camera, event))
          .finally(() => {
            waiting -= 1;
            isFull &&= waiting > 0;
          });
      },
      interrupted: () => undefined,
    });
    this.#listening.set(camera.id, { camera, leave });
  }

  /** Never rejects. */
  async #event(camera: ListenedCamera, event: CameraEvent): Promise<void> {
    try {
      const rule = ruleFor(event, camera.rules);
      if (!rule || event.operation === 'Deleted' || !(await isOwn(camera, event))) return;
      if (this.#listening.get(camera.id)?.camera !== camera) return;
      const active = isActive(event, rule);
      const report = reportOf(camera, event, rule);
      if (active === false) {
        camera.fellBack(event);
        const open = this.#options.openAlarm(report);
        // A button that was let go while it could not be journalled is still to be told of.
        if (!open || open.restoredAt !== undefined || this.#unheard.has(nameOf(report))) return;
        this.#tell({ user: camera.id, role: 'source' }, { ...report, restored: true });
      } else if (event.operation !== 'Initialized' && !camera.isEcho(event)) {
        this.#tell({ user: camera.id, role: 'source' }, report);
      }
    } catch (error) {
      this.#options.log.error('an event of a camera was not understood', { error });
    }
  }

  #tell(actor: Actor, report: AlarmReport): void {
    const name = nameOf(report);
    try {
      this.#options.raise(actor, report);
      this.#unheard.delete(name);
    } catch (error) {
      this.#options.log.error(`an alarm of a camera was not taken: ${describe(error)}`, {
        ...{ camera: actor.user, kind: report.kind, text: report.text.en },
      });
      if (codeOf(error) !== 'journal-unwritable') return;
      if (this.#unheard.size >= MAX_UNHEARD && !this.#unheard.has(name)) return;
      this.#unheard.set(name, { actor, report });
      this.#again ??= this.#options.clock.setTimer(AGAIN_MS, () => this.#tellAgain());
    }
  }

  #tellAgain(): void {
    this.#again = undefined;
    for (const { actor, report } of [...this.#unheard.values()]) this.#tell(actor, report);
  }
}

function isSame(a: ListenedCamera, b: ListenedCamera): boolean {
  const facts = ({ name, site, rules }: ListenedCamera) => JSON.stringify([name, site, rules]);
  return a.events === b.events && facts(a) === facts(b);
}

/** What is about no video source, such as an input, is of whichever camera of the device listens. */
async function isOwn(camera: ListenedCamera, { source }: CameraEvent): Promise<boolean> {
  const named = (names: readonly string[]) =>
    names.map((name) => source.get(name)).find((token) => token !== undefined);
  const video = named(VIDEO_SOURCES);
  const configuration = named(VIDEO_CONFIGURATIONS);
  if (video === undefined && configuration === undefined) return true;
  const isOurs = await camera.ownSources();
  return video === undefined ? isOurs(configuration ?? '', 'configuration') : isOurs(video);
}

function reportOf(camera: ListenedCamera, event: CameraEvent, rule: OnvifRule): AlarmReport {
  const facts = KIND_FACTS[rule.kind];
  const { nl, en } = rule.text ?? facts.text;
  const about = [...event.source].map(([name, value]) => `${name}=${value}`);
  return {
    source: { type: 'onvif', id: camera.id },
    site: camera.site,
    kind: rule.kind,
    priority: rule.priority ?? facts.priority,
    text: { nl: `${nl}: ${camera.name}`, en: `${en}: ${camera.name}` },
    cameras: rule.cameras ?? [camera.id],
    key: [event.topic, ...about].join(' ').slice(0, MAX_KEY),
    occurredAt: rfc3339(event.unixUs),
    details: detailsOf(event),
  };
}

function detailsOf({ topic, source, data }: CameraEvent): Record<string, string> {
  const items = [...source, ...data].slice(0, MAX_DETAILS);
  const safe = items.map(([name, value]) => [name.slice(0, 64) || '-', value] as const);
  return { topic, ...Object.fromEntries(safe) };
}

function nameOf({ source, key }: AlarmReport): string {
  return JSON.stringify([source.id, key]);
}
