import { type Abilities, type Command, lacking } from './command.ts';

/**
 * What the cameras said that they can do. A yes is remembered; a no never is: a dome takes the place
 * of a fixed camera, PTZ is switched on, a preset is added, and the gateway is not told.
 */
export class KnownAbilities {
  readonly #known = new Map<string, Abilities>();
  readonly #asking = new Map<string, Promise<Abilities>>();

  /** Whether the camera has said that it can. */
  cover(camera: string, command: Command): boolean {
    const known = this.#known.get(camera);
    return known !== undefined && lacking(known, command) === undefined;
  }

  /**
   * Why the camera cannot do it, in words; undefined when it can. What it can is not asked twice.
   *
   * @param read what the camera said before, or with `refresh` what it says now.
   */
  async lack(
    camera: string,
    command: Command,
    read: (refresh: boolean) => Promise<Abilities>,
  ): Promise<string | undefined> {
    if (!this.#known.has(camera)) await this.ask(camera, () => read(false));
    if (this.cover(camera, command)) return undefined;
    return lacking(await this.ask(camera, () => read(true)), command);
  }

  /** Behind the same names there may be other cameras now. */
  forget(): void {
    this.#known.clear();
    this.#asking.clear();
  }

  /** One question a camera at a time, however many wait for the answer. */
  async ask(camera: string, read: () => Promise<Abilities>): Promise<Abilities> {
    const running = this.#asking.get(camera);
    if (running) return running;
    const asked = read();
    this.#asking.set(camera, asked);
    try {
      const abilities = await asked;
      if (this.#asking.get(camera) === asked) this.#known.set(camera, abilities);
      return abilities;
    } finally {
      if (this.#asking.get(camera) === asked) this.#asking.delete(camera);
    }
  }
}
