import type { Logger } from '../core/log.ts';
import type { Journal } from '../journal/record.ts';
import { type Change, Subscribers } from './changes.ts';
import { isUnderWay } from './incident-machine.ts';
import type { Committed, Ledger } from './ledger.ts';
import type { Incident } from './model.ts';
import type { Overview } from './overview.ts';
import { followRecording } from './recording.ts';

export interface AnnouncementsOptions {
  readonly log: Logger;
  readonly journal: Journal;
  readonly ledger: Ledger;
  readonly overview: Overview;
}

/** Tells subscribers what has happened, and whether it can be recorded. */
export class Announcements {
  readonly #subscribers: Subscribers;
  readonly #overview: Overview;
  readonly #forgetRecording: () => void;

  constructor({ log, journal, ledger, overview }: AnnouncementsOptions) {
    const subscribers = new Subscribers(log);
    this.#subscribers = subscribers;
    this.#overview = overview;
    this.#forgetRecording = followRecording({ journal, ledger, subscribers, log });
  }

  stop(): void {
    this.#forgetRecording();
  }

  /** Returns how to stop listening. */
  subscribe(listener: (change: Change) => void): () => void {
    return this.#subscribers.add(listener);
  }

  tell({ before, incident, camera, requests, alarms, plan }: Committed): void {
    const subscribers = this.#subscribers;
    if (incident) subscribers.tell({ kind: 'incident', incident, before });
    if (incident && before && incident.screen !== before.screen) {
      subscribers.tell({ kind: 'screen', incident: incident.id, screen: incident.screen });
    }
    if (camera) {
      const why = camera.why === undefined ? {} : { why: camera.why };
      subscribers.tell({ kind: 'control', camera: camera.camera, ...why });
    }
    for (const request of requests) subscribers.tell({ kind: 'request', request });
    for (const alarm of alarms) subscribers.tell({ kind: 'alarm', alarm });
    if (plan) this.tellAnew(({ site }) => site === plan.site);
  }

  /** Something changed that is no part of an incident, but is seen with it. */
  tellAnew(concerned: (incident: Incident) => boolean = () => true): void {
    for (const incident of this.#overview.incidents().filter(isUnderWay)) {
      if (!concerned(incident)) continue;
      this.#subscribers.tell({ kind: 'incident', incident, before: incident });
    }
  }
}
