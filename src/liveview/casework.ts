import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import { Grants } from './grants.ts';
import { Handovers } from './handovers.ts';
import { ImageRequests } from './image-requests.ts';
import type { Committed, Ledger } from './ledger.ts';
import type { Directory } from './model.ts';
import { Offers } from './offers.ts';
import { Readings } from './readings.ts';
import type { Shares } from './shares.ts';
import { Steps } from './steps.ts';

export interface CaseworkOptions {
  clock: Clock;
  log: Logger;
  ledger: Ledger;
  directory: Directory;
  shares: Shares;
  ids: (prefix: string) => () => string;
}

/** What goes on about an incident between the centre and control rooms, and within the centre. */
export class Casework {
  readonly grants: Grants;
  readonly offers: Offers;
  readonly images: ImageRequests;
  readonly handovers: Handovers;
  readonly readings: Readings;
  readonly steps: Steps;

  constructor(options: CaseworkOptions) {
    const grants = new Grants(options);
    this.grants = grants;
    this.handovers = new Handovers(options);
    this.readings = new Readings(options);
    this.steps = new Steps(options);
    this.offers = new Offers({ ...options, grants });
    this.images = new ImageRequests({
      ...{ ...options, grants },
      ...{ newIncidentId: options.ids('inc'), newRequestId: options.ids('req') },
    });
  }

  /** Takes up what the journal holds. */
  resume(): void {
    this.offers.resume();
    this.images.resume();
    this.directoryChanged();
  }

  /** What follows from a change for what waits. */
  changed({ incident, requests }: Committed): void {
    if (incident) this.offers.changed(incident);
    this.images.changed(requests);
  }

  /** What is no longer configured is neither shared, nor offered, nor asked for. */
  directoryChanged(): void {
    this.offers.directoryChanged();
    this.images.directoryChanged();
    this.grants.strikeOut();
  }

  stop(): void {
    this.offers.stop();
    this.images.stop();
  }
}
