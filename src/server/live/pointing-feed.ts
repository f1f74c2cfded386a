import type { Side } from '../../access/caller.ts';
import type { Incident } from '../../liveview/model.ts';
import type { Pictures } from '../../liveview/pictures.ts';
import type { PlanSight, ServerMessage } from '../protocol.ts';

export interface PointingFeedOptions {
  readonly side: Side;
  readonly pictures: Pick<Pictures, 'plans' | 'pointing'>;
  /** The incident as this caller may see it. */
  readonly visible: (incident: string) => Incident | undefined;
  /** A camera of an incident that this caller sees. */
  readonly sees: (camera: string) => boolean;
  readonly send: (message: ServerMessage) => void;
}

/** No camera is known to point anywhere. */
const NOTHING = '[]';

/**
 * Where the cameras point that are on the plans of followed screens, as far as this caller sees both. Sent
 * when it differs from what was sent before.
 */
export class PointingFeed {
  readonly #options: PointingFeedOptions;
  readonly #followed = new Map<string, { sent: string; readonly forget: () => void }>();

  constructor(options: PointingFeedOptions) {
    this.#options = options;
  }

  /** Tells what is known, as the screen is told; the second time too, for whoever else asks on this socket. */
  follow(incident: Incident): void {
    const { id } = incident;
    const forget = this.#followed.get(id)?.forget ?? this.#watch(id);
    this.#followed.set(id, { sent: NOTHING, forget });
    this.changed(incident);
  }

  changed(incident: Incident): void {
    const followed = this.#followed.get(incident.id);
    if (!followed) return;
    const sights = this.#sights(incident);
    const text = JSON.stringify(sights);
    if (followed.sent === text) return;
    followed.sent = text;
    this.#options.send({ type: 'pointing', incident: incident.id, sights });
  }

  forget(incident: string): void {
    this.#followed.get(incident)?.forget();
    this.#followed.delete(incident);
  }

  stop(): void {
    for (const incident of [...this.#followed.keys()]) this.forget(incident);
  }

  #watch(id: string): () => void {
    return this.#options.pictures.pointing.watch(id, () => {
      const incident = this.#options.visible(id);
      if (incident) this.changed(incident);
    });
  }

  /** For a control room the cameras of its incident are those that are shared; there are no others. */
  #sights({ screen, site, cameras }: Incident): PlanSight[] {
    const { pictures, side, sees } = this.#options;
    const shown = new Set(screen.tiles.map((tile) => ('plan' in tile ? tile.plan : undefined)));
    return pictures.plans
      .list(site)
      .filter(({ id }) => shown.has(id))
      .flatMap((plan) =>
        pictures.pointing.sights(plan).map((sight) => ({ plan: plan.id, ...sight })),
      )
      .filter(({ camera }) => sees(camera) && (side === 'centre' || cameras.includes(camera)));
  }
}
