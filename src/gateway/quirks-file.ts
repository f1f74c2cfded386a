import { join } from 'node:path';
import { z } from 'zod';
import { StateFile } from '../access/state-file.ts';
import type { CameraQuirks } from '../cameras/onvif/quirks.ts';
import { describe } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';

const flag = z.boolean().exactOptional();
const quirks = z.strictObject({
  refusesTimeout: flag,
  refusesCombined: flag,
  lacksStop: flag,
  ignoresStop: flag,
});
const file = z.strictObject({ version: z.literal(1), cameras: z.record(z.string(), quirks) });

/** What was learnt of cameras, in `quirks.json`: a camera that does not obey Stop is known after a restart. */
export class QuirksFile {
  readonly #file: StateFile<z.output<typeof file>>;
  readonly #log: Logger;

  constructor(dataDir: string, log: Logger) {
    this.#file = new StateFile(join(dataDir, 'quirks.json'), file, { version: 1, cameras: {} });
    this.#log = log;
  }

  of(camera: string): CameraQuirks {
    try {
      return this.#file.read().cameras[camera] ?? {};
    } catch (error) {
      this.#log.warn(`what was learnt of cameras cannot be read: ${describe(error)}`);
      return {};
    }
  }

  /** What cannot be saved is learnt again; the camera is steered all the same. */
  learnt(camera: string, learnt: CameraQuirks): void {
    this.#log.info('learnt how this camera differs', { camera, ...learnt });
    try {
      this.#file.update(({ cameras }) => ({
        version: 1,
        cameras: { ...cameras, [camera]: { ...learnt } },
      }));
    } catch (error) {
      this.#log.warn(`what was learnt of ${camera} cannot be saved: ${describe(error)}`);
    }
  }
}
