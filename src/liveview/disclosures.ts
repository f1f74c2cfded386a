import type { Actor } from '../journal/record.ts';
import { notShared } from './asking.ts';
import type { Ledger } from './ledger.ts';
import type { Incident } from './model.ts';
import type { PictureKeeper } from './picture-keeper.ts';
import type { PictureFacts } from './plan-model.ts';
import type { ServedPicture } from './plans.ts';

/** A plan or an image, as a tile names it. */
export type Wanted = { readonly plan: string } | { readonly image: string };

export interface DisclosuresOptions {
  ledger: Ledger;
  keeper: PictureKeeper;
  /** The incident as the actor may see it now. */
  visible: (actor: Actor, incident: string) => Incident | undefined;
}

/**
 * Pictures for control rooms. What is on the screen of an incident as this control room sees it now, and
 * nothing else: not what it may ask for, not what was there before. Whatever the reason, the answer is
 * the same `not-shared`.
 */
export class Disclosures {
  readonly #ledger: Ledger;
  readonly #keeper: PictureKeeper;
  readonly #visible: DisclosuresOptions['visible'];

  constructor({ ledger, keeper, visible }: DisclosuresOptions) {
    this.#ledger = ledger;
    this.#keeper = keeper;
    this.#visible = visible;
  }

  /** @throws LiveViewError `not-shared` */
  check(actor: Actor, incident: string, wanted: Wanted): PictureFacts {
    return this.#found(actor, incident, wanted).picture;
  }

  /**
   * The bytes, in the same tick in which it was found that they may be seen and that was journalled.
   *
   * @throws LiveViewError `not-shared`, `image-missing`, `journal-unwritable`
   */
  async disclose(actor: Actor, incident: string, wanted: Wanted): Promise<ServedPicture> {
    const { sha256 } = this.check(actor, incident, wanted);
    const bytes = await this.#keeper.read(sha256);
    const { name, picture: facts } = this.#found(actor, incident, wanted);
    // Reading took its time: by now it may be another picture, or nobody's.
    if (facts.sha256 !== sha256) throw notShared();
    const data = { ...wanted, name, sha256, bytes: bytes.length };
    const kind = 'plan' in wanted ? 'plan.disclosed' : 'image.disclosed';
    this.#ledger.record(kind, actor, incident, data);
    return { facts, bytes };
  }

  #found(actor: Actor, id: string, wanted: Wanted): { name: string; picture: PictureFacts } {
    const incident = this.#visible(actor, id);
    const isShown = incident?.screen.tiles.some((tile) =>
      'plan' in wanted
        ? 'plan' in tile && tile.plan === wanted.plan
        : 'image' in tile && tile.image === wanted.image,
    );
    if (!incident || !isShown) throw notShared();
    const found =
      'plan' in wanted
        ? this.#ledger.state.plans.get(wanted.plan)
        : incident.images?.find(({ id: image }) => image === wanted.image);
    if (!found || ('site' in found && found.site !== incident.site)) throw notShared();
    return found;
  }
}
