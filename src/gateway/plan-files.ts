import { open } from 'node:fs/promises';
import type { Config } from '../config/schema.ts';
import { codeOf, describe, LiveViewError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { MAX_SOURCE_BYTES } from '../images/bounds.ts';
import { type PictureMaker, sha256Of } from '../images/picture-maker.ts';
import { GATEWAY_ACTOR } from '../journal/record.ts';
import type { LiveView } from '../liveview/liveview.ts';
import type { Plan } from '../liveview/plan-model.ts';
import type { Plans } from '../liveview/plans.ts';

export interface PlanFilesOptions {
  readonly pictures: Pick<LiveView['pictures'], 'plans' | 'sweep'>;
  readonly maker: Pick<PictureMaker, 'make'>;
  readonly log: Logger;
}

interface Named {
  readonly site: string;
  readonly name: string;
  readonly file: string;
  readonly page: number | undefined;
}

/**
 * The plans that the configuration names, taken up at the start and at a reload. A file that cannot be
 * used is said, and leaves the plan as it was: neither keeps the gateway from starting.
 */
export class PlanFiles {
  readonly #options: PlanFilesOptions;
  #problems: readonly string[] = [];
  #turn: Promise<void>;
  #stopped = false;

  constructor(options: PlanFilesOptions) {
    this.#options = options;
    this.#turn = Promise.resolve();
  }

  /** Files that could not be used, for administrators. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** Begins, after what was begun before; what goes wrong is in `problems` and the log. */
  apply(config: Config): void {
    const named = config.sites.flatMap(({ id: site, plans }) =>
      plans.map(({ file, name, page }): Named => ({ site, name, file, page })),
    );
    this.#turn = this.#turn
      .then(() => this.#takeUp(named))
      .catch((error: unknown) => {
        this.#options.log.error('the plans of the configuration could not be taken up', { error });
      });
  }

  /** Resolves when what was begun is done. */
  done(): Promise<void> {
    return this.#turn;
  }

  /** Begins nothing more; resolves when nothing is being done. */
  stop(): Promise<void> {
    this.#stopped = true;
    return this.#turn;
  }

  async #takeUp(named: readonly Named[]): Promise<void> {
    await this.#options.pictures.sweep();
    const problems: string[] = [];
    for (const each of named) {
      if (this.#stopped) return;
      const problem = await this.#take(each);
      if (problem !== undefined) problems.push(problem);
    }
    await this.#dropOthers(named);
    this.#problems = problems;
  }

  async #take(named: Named): Promise<string | undefined> {
    const { pictures, maker, log } = this.#options;
    const { site, name, file, page } = named;
    try {
      const bytes = await readBounded(file);
      const known = pictures.plans.configured(site, name);
      if (known && isMadeOf(known, bytes, page) && (await isKept(pictures.plans, known))) {
        return undefined;
      }
      const picture = await maker.make(bytes, page);
      await pictures.plans.configure(GATEWAY_ACTOR, { site, name, picture });
      return undefined;
    } catch (error) {
      const problem = `plan ${name} of site ${site} (${file}): ${describe(error)}`;
      log.warn(problem, { error });
      return problem;
    }
  }

  async #dropOthers(named: readonly Named[]): Promise<void> {
    const { plans } = this.#options.pictures;
    const gone = plans
      .all()
      .filter(({ origin }) => origin === 'configured')
      .filter(({ site, name }) => !named.some((each) => each.site === site && each.name === name));
    for (const { id } of gone) await plans.drop(GATEWAY_ACTOR, id);
  }
}

function isKept(plans: Plans, { id }: Plan): Promise<boolean> {
  return plans.read(id).then(
    () => true,
    () => false,
  );
}

function isMadeOf({ source }: Plan, bytes: Buffer, page: number | undefined): boolean {
  if (source.sha256 !== sha256Of(bytes)) return false;
  return source.type !== 'pdf' || source.page === (page ?? 1);
}

/** A file that grows while it is read is not read on. */
async function readBounded(file: string): Promise<Buffer> {
  try {
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      if (size > MAX_SOURCE_BYTES) {
        const most = `${MAX_SOURCE_BYTES / 1024 / 1024} MiB`;
        throw new LiveViewError('image-too-large', `the file has more than ${most}`);
      }
      const bytes = Buffer.alloc(size);
      const { bytesRead } = await handle.read(bytes, 0, size, 0);
      return bytes.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (cause instanceof LiveViewError) throw cause;
    const reason = `it cannot be read (${codeOf(cause)}); check its path, owner and mode`;
    throw new LiveViewError('image-missing', reason, { cause });
  }
}
