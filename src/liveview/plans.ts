import { LiveViewError } from '../core/errors.ts';
import type { Actor } from '../journal/record.ts';
import { isUnderWay } from './incident-machine.ts';
import { knownCamera } from './known-camera.ts';
import type { Ledger } from './ledger.ts';
import type { Directory } from './model.ts';
import type { PictureKeeper } from './picture-keeper.ts';
import type { MadePicture, PictureFacts, Placement, Plan } from './plan-model.ts';
import { planFor, screenWithout } from './plan-state.ts';

export interface NewPlan {
  readonly site: string;
  readonly name: string;
  readonly picture: MadePicture;
}

export interface ServedPicture {
  readonly facts: PictureFacts;
  readonly bytes: Buffer;
}

export const MAX_PLANS_OF_SITE = 24;
const MAX_BYTES_OF_SITE = 64 * 1024 * 1024;
const MAX_CAMERAS_OF_PLAN = 64;

/** The plans of the sites, and where cameras stand on them. */
export class Plans {
  readonly #ledger: Ledger;
  readonly #directory: Directory;
  readonly #keeper: PictureKeeper;
  readonly #newId: () => string;

  constructor(options: {
    ledger: Ledger;
    directory: Directory;
    keeper: PictureKeeper;
    newId: () => string;
  }) {
    this.#ledger = options.ledger;
    this.#directory = options.directory;
    this.#keeper = options.keeper;
    this.#newId = options.newId;
  }

  /** Of sites that are gone too. */
  all(): Plan[] {
    return [...this.#ledger.state.plans.values()];
  }

  /** Of one site, or of all; of sites that are configured. */
  list(site?: string): Plan[] {
    return this.all().filter(
      (plan) => (site === undefined || plan.site === site) && this.#directory.sites.has(plan.site),
    );
  }

  /** @throws LiveViewError `unknown-plan` */
  get(id: string): Plan {
    return planFor(this.#ledger.state, id);
  }

  /** @throws LiveViewError `unknown-site`, `too-many-plans` */
  checkRoom(site: string, more = 0): void {
    if (!this.#directory.sites.has(site)) {
      throw new LiveViewError('unknown-site', `there is no site ${site}`);
    }
    const plans = this.all().filter((plan) => plan.site === site);
    const bytes = plans.reduce((sum, { picture }) => sum + picture.bytes, more);
    if (plans.length < MAX_PLANS_OF_SITE && bytes <= MAX_BYTES_OF_SITE) return;
    const most = `${MAX_PLANS_OF_SITE} plans, of ${MAX_BYTES_OF_SITE / 1024 / 1024} MiB together`;
    throw new LiveViewError('too-many-plans', `a site has at most ${most}; remove one first`);
  }

  /** @throws LiveViewError `unknown-site`, `too-many-plans`, `images-unwritable`, `journal-unwritable` */
  add(actor: Actor, plan: NewPlan): Promise<Plan> {
    return this.#put(actor, this.#newId(), plan, 'uploaded');
  }

  /**
   * One of the configuration: the same plan as before under the same name, with another picture when
   * that is another.
   */
  async configure(actor: Actor, plan: NewPlan): Promise<Plan> {
    const known = this.configured(plan.site, plan.name);
    const put = await this.#put(actor, known?.id ?? this.#newId(), plan, 'configured');
    if (known) await this.#keeper.forgetUnused(known.picture.sha256);
    return put;
  }

  configured(site: string, name: string): Plan | undefined {
    return this.list(site).find((plan) => plan.origin === 'configured' && plan.name === name);
  }

  /** Takes it from every screen first. @throws LiveViewError `unknown-plan`, `plan-configured`, `journal-unwritable` */
  async remove(actor: Actor, id: string): Promise<void> {
    const { origin } = this.get(id);
    if (origin === 'configured') {
      const reason = 'this plan is named in the configuration; take it out there';
      throw new LiveViewError('plan-configured', reason);
    }
    await this.drop(actor, id);
  }

  /** Whatever it comes from. */
  async drop(actor: Actor, id: string): Promise<void> {
    const { site, name, picture } = this.get(id);
    this.#clearScreens(actor, id);
    const { sha256 } = picture;
    this.#ledger.record('plan.removed', actor, undefined, { plan: id, site, name, sha256 });
    await this.#keeper.forgetUnused(sha256);
  }

  /** @throws LiveViewError `unknown-plan`, `unknown-camera`, `camera-not-at-site`, `invalid-request` */
  place(actor: Actor, id: string, camera: string, placement: Placement): Plan {
    const plan = this.get(id);
    if (knownCamera(this.#directory, camera).site !== plan.site) {
      throw new LiveViewError('camera-not-at-site', `camera ${camera} stands at another site`);
    }
    const others = plan.cameras.filter((each) => each.camera !== camera);
    if (others.length >= MAX_CAMERAS_OF_PLAN) {
      throw new LiveViewError(
        'invalid-request',
        `a plan has at most ${MAX_CAMERAS_OF_PLAN} cameras`,
      );
    }
    this.#ledger.record('plan.placed', actor, undefined, { plan: id, camera, placement });
    return this.get(id);
  }

  /** One that is not on the plan stays away. */
  unplace(actor: Actor, id: string, camera: string): Plan {
    if (this.get(id).cameras.some((each) => each.camera === camera)) {
      this.#ledger.record('plan.unplaced', actor, undefined, { plan: id, camera });
    }
    return this.get(id);
  }

  /** For the centre. @throws LiveViewError `unknown-plan`, `image-missing` */
  async read(id: string): Promise<ServedPicture> {
    const facts = this.get(id).picture;
    return { facts, bytes: await this.#keeper.read(facts.sha256) };
  }

  async #put(actor: Actor, id: string, plan: NewPlan, origin: Plan['origin']): Promise<Plan> {
    const { site, name, picture } = plan;
    const { bytes, source, ...facts } = picture;
    this.#checkRoom(id, site, bytes.length);
    await this.#keeper.keptFor(picture, () => {
      // Others may have come meanwhile.
      this.#checkRoom(id, site, bytes.length);
      const data = {
        plan: id,
        site,
        name,
        origin,
        picture: { ...facts, bytes: bytes.length },
        source,
      };
      this.#ledger.record('plan.added', actor, undefined, data);
    });
    return this.get(id);
  }

  /** One that takes the place of another needs no more room. */
  #checkRoom(id: string, site: string, bytes: number): void {
    if (!this.#ledger.state.plans.has(id)) this.checkRoom(site, bytes);
  }

  #clearScreens(actor: Actor, plan: string): void {
    for (const incident of [...this.#ledger.state.incidents.values()]) {
      if (!isUnderWay(incident)) continue;
      const screen = screenWithout(incident.screen, (tile) => 'plan' in tile && tile.plan === plan);
      if (screen !== incident.screen) this.#ledger.record('screen.set', actor, incident.id, screen);
    }
  }
}
