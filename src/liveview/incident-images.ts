import type { Clock, Timer } from '../core/clock.ts';
import { LiveViewError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { type Actor, GATEWAY_ACTOR } from '../journal/record.ts';
import { cameraWithin } from './known-camera.ts';
import { incidentFor, knownIncident } from './known-incident.ts';
import type { Ledger } from './ledger.ts';
import type { Directory, Incident } from './model.ts';
import type { PictureKeeper } from './picture-keeper.ts';
import type { IncidentImage, MadePicture } from './plan-model.ts';
import { imageOf } from './plan-state.ts';
import type { ServedPicture } from './plans.ts';

export interface NewImage {
  readonly name: string;
  readonly picture: MadePicture;
  /** That it is a still of. */
  readonly camera?: string;
}

const MAX_IMAGES = 64;
const MAX_BYTES = 128 * 1024 * 1024;
/** How often is looked for images whose term is over. */
const LOOK_MS = 60_000;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Stills and other pictures of incidents, which are removed when their term is over. */
export class IncidentImages {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #ledger: Ledger;
  readonly #directory: Directory;
  readonly #keeper: PictureKeeper;
  readonly #newId: () => string;
  #timer: Timer | undefined;

  constructor(options: {
    clock: Clock;
    log: Logger;
    ledger: Ledger;
    directory: Directory;
    keeper: PictureKeeper;
    newId: () => string;
  }) {
    this.#clock = options.clock;
    this.#log = options.log;
    this.#ledger = options.ledger;
    this.#directory = options.directory;
    this.#keeper = options.keeper;
    this.#newId = options.newId;
  }

  /** Looks at once, and then every minute: a clock that was stepped is noticed. */
  start(): void {
    this.enforceTerm();
    this.#timer = this.#clock.setTimer(LOOK_MS, () => this.start());
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** @throws LiveViewError `unknown-incident`, `incident-closed`, `too-many-images` */
  checkRoom(id: string, more = 0): Incident {
    const incident = incidentFor(this.#ledger.state, id, 'update');
    const { images = [] } = incident;
    const bytes = images.reduce((sum, { picture }) => sum + picture.bytes, more);
    if (images.length < MAX_IMAGES && bytes <= MAX_BYTES) return incident;
    const most = `${MAX_IMAGES} images, of ${MAX_BYTES / 1024 / 1024} MiB together`;
    throw new LiveViewError('too-many-images', `an incident has at most ${most}; remove one first`);
  }

  /** Whether a still of this camera may be kept here. @throws LiveViewError `unknown-camera`, `camera-not-at-site` and what `checkRoom` says */
  checkCamera(id: string, camera: string): void {
    cameraWithin(this.#directory, this.checkRoom(id), camera);
  }

  /** @throws LiveViewError `unknown-incident`, `unknown-image` */
  get(incident: string, id: string): IncidentImage {
    return imageOf(this.#incident(incident), id);
  }

  /** @throws LiveViewError what `checkRoom` says, `images-unwritable`, `journal-unwritable` */
  async add(actor: Actor, incident: string, image: NewImage): Promise<IncidentImage> {
    const { name, picture, camera } = image;
    const { bytes, source, ...facts } = picture;
    this.checkRoom(incident, bytes.length);
    const id = this.#newId();
    await this.#keeper.keptFor(picture, () => {
      this.checkRoom(incident, bytes.length);
      const of = camera === undefined ? {} : { camera };
      const kept = { ...facts, bytes: bytes.length };
      const data = { image: id, name, picture: kept, source, ...of };
      this.#ledger.record('image.added', actor, incident, data);
    });
    return imageOf(this.#incident(incident), id);
  }

  /** @throws LiveViewError `unknown-incident`, `unknown-image`, `journal-unwritable` */
  async remove(actor: Actor, incident: string, id: string): Promise<void> {
    await this.#remove(actor, incident, imageOf(this.#incident(incident), id), 'removed');
  }

  /** For the centre. @throws LiveViewError `unknown-incident`, `unknown-image`, `image-missing` */
  async read(incident: string, id: string): Promise<ServedPicture> {
    const facts = imageOf(this.#incident(incident), id).picture;
    return { facts, bytes: await this.#keeper.read(facts.sha256) };
  }

  /** Removes what was kept for as long as it may be; what cannot be journalled is tried again. */
  enforceTerm(): void {
    const beforeMs = this.#clock.unixUs() / 1000 - this.#directory.imageDays * DAY_MS;
    for (const incident of [...this.#ledger.state.incidents.values()]) {
      for (const image of incident.images ?? []) {
        if (Date.parse(image.addedAt) > beforeMs) continue;
        this.#remove(GATEWAY_ACTOR, incident.id, image, 'term').catch((error: unknown) =>
          this.#log.error('an image whose term is over could not be removed; it is tried again', {
            incident: incident.id,
            image: image.id,
            error,
          }),
        );
      }
    }
  }

  async #remove(
    actor: Actor,
    incident: string,
    { id, name, picture: { sha256 } }: IncidentImage,
    why: 'removed' | 'term',
  ): Promise<void> {
    this.#ledger.record('image.removed', actor, incident, { image: id, name, sha256, why });
    await this.#keeper.forgetUnused(sha256);
  }

  #incident(id: string): Incident {
    return knownIncident(this.#ledger.state, id);
  }
}
