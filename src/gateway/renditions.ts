import type { TranscodeConfig } from '../config/schema.ts';
import { LiveViewError } from '../core/errors.ts';
import type { MediaFormat } from '../video/fragment.ts';
import type { Rung } from '../video/transcode/rung.ts';
import type { GatewayCamera, Profile } from './camera.ts';

/** One form in which a camera's picture can be had; each has a channel of its own in the hub. */
export interface Rendition {
  /** Of the channel. */
  readonly name: string;
  /** What viewers are told that they have. */
  readonly quality: string;
  /** The camera's stream that it is, or is made of. */
  readonly profile: Profile;
  /** What the transcoder makes of it; undefined when it is passed on as it comes. */
  readonly rung?: Rung;
  readonly format: MediaFormat;
}

const PASSED_ON: readonly Rendition[] = [
  { name: 'main', quality: 'main', profile: 'main', format: 'fmp4' },
  { name: 'sub', quality: 'sub', profile: 'sub', format: 'fmp4' },
];

const MPEG1 = { name: 'mpeg1', quality: 'mpeg1', profile: 'main', format: 'mpeg1' } as const;

/**
 * What this gateway offers of every camera: its two streams as they are, both in H.264 for whoever
 * cannot have them as they are, the rungs of the configuration, and MPEG-1.
 */
export class Renditions {
  readonly #byName: ReadonlyMap<string, Rendition>;
  readonly #rungs: readonly string[];

  constructor({ full, rungs, mpeg1 }: TranscodeConfig) {
    const inH264 = PASSED_ON.map((rendition) => ({
      ...rendition,
      ...{ name: `${rendition.profile}-h264`, rung: full },
    }));
    // Rungs are made of the full picture: that stream is likely to be pulled already.
    const smaller = rungs.map((rung) => ({
      ...{ name: rung.id, quality: rung.id, profile: 'main' as const, rung },
      format: 'fmp4' as const,
    }));
    const all: Rendition[] = [...PASSED_ON, ...inH264, ...smaller, { ...MPEG1, rung: mpeg1 }];
    this.#byName = new Map(all.map((rendition) => [rendition.name, rendition]));
    this.#rungs = rungs.map((rung) => rung.id);
  }

  /** A stream of the camera as it is. */
  passedOn(profile: Profile): Rendition {
    return this.named(profile);
  }

  /** A stream of the camera in H.264 and no larger than `transcode.full`. */
  inH264(profile: Profile): Rendition {
    return this.named(`${profile}-h264`);
  }

  /** For players that can decode nothing else. */
  mpeg1(): Rendition {
    return this.named(MPEG1.name);
  }

  /**
   * One of the configuration's rungs.
   *
   * @throws LiveViewError `unknown-quality`, saying which there are.
   */
  rung(id: string): Rendition {
    if (this.#rungs.includes(id)) return this.named(id);
    throw new LiveViewError(
      'unknown-quality',
      `there is no quality ${id}; ask for ${['auto', 'main', 'sub', ...this.#rungs].join(', ')}`,
    );
  }

  /** Whether an encoder works for it: its own, or that of the stream that it is. */
  needsEncoder(name: string, camera: Pick<GatewayCamera, 'isMadeAnew'> | undefined): boolean {
    const rendition = this.#byName.get(name);
    if (!rendition) return false;
    return rendition.rung !== undefined || camera?.isMadeAnew(rendition.profile) === true;
  }

  /** For the hub, which knows names only. */
  named(name: string): Rendition {
    const found = this.#byName.get(name);
    if (found) return found;
    throw new LiveViewError('unknown-quality', `there is no quality ${name}`);
  }
}
