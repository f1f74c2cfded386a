import { join } from 'node:path';
import { z } from 'zod';
import { StateFile } from '../access/state-file.ts';
import type { CameraQuirks } from '../cameras/onvif/quirks.ts';
import { describe } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { Transport, TransportMemory } from '../video/source/transport-choice.ts';

const flag = z.boolean().exactOptional();
const quirks = z.strictObject({
  refusesTimeout: flag,
  refusesCombined: flag,
  lacksStop: flag,
  ignoresStop: flag,
  refusesViewSpeed: flag,
  refusesRelaySettings: flag,
  relaysByDevice: flag,
});
const transport = z.enum(['tcp', 'udp', 'multicast', 'http']);
const file = z.strictObject({
  version: z.literal(1),
  cameras: z.record(z.string(), quirks),
  /** How the pictures of a camera came last, where that is left to the gateway. */
  transports: z.record(z.string(), transport).exactOptional(),
});

type Learnt = z.output<typeof file>;

/** What was learnt of cameras, in `quirks.json`: a camera that does not obey Stop is known after a restart. */
export class QuirksFile {
  readonly #file: StateFile<Learnt>;
  readonly #log: Logger;

  constructor(dataDir: string, log: Logger) {
    this.#file = new StateFile(join(dataDir, 'quirks.json'), file, { version: 1, cameras: {} });
    this.#log = log;
  }

  of(camera: string): CameraQuirks {
    return this.#read()?.cameras[camera] ?? {};
  }

  /** How the pictures of a camera came last; written down when it changes. */
  transportOf(camera: string): TransportMemory {
    let known = this.#read()?.transports?.[camera];
    const save = (next: Transport) => this.#save(camera, (all) => withTransport(all, camera, next));
    return {
      get transport() {
        return known;
      },
      set transport(next) {
        // The first that is tried is what an unknown camera gets anyway.
        const isNews = next !== undefined && (known ?? 'tcp') !== next;
        known = next;
        if (isNews) save(next);
      },
    };
  }

  /** What cannot be saved is learnt again; the camera is steered all the same. */
  learnt(camera: string, learnt: CameraQuirks): void {
    this.#log.info('learnt how this camera differs', { camera, ...learnt });
    this.#save(camera, (all) => ({
      ...all,
      cameras: { ...all.cameras, [camera]: { ...learnt } },
    }));
  }

  #read(): Learnt | undefined {
    try {
      return this.#file.read();
    } catch (error) {
      this.#log.warn(`what was learnt of cameras cannot be read: ${describe(error)}`);
      return undefined;
    }
  }

  #save(camera: string, change: (all: Learnt) => Learnt): void {
    try {
      this.#file.update(change);
    } catch (error) {
      this.#log.warn(`what was learnt of ${camera} cannot be saved: ${describe(error)}`);
    }
  }
}

function withTransport(all: Learnt, camera: string, next: Transport): Learnt {
  return { ...all, transports: { ...all.transports, [camera]: next } };
}
