import { Counter, Gauge, type Registry } from 'prom-client';
import type { PictureState } from '../server/protocol.ts';
import type { GatewayCamera } from './camera.ts';

/** What `/metrics` says of how the pictures are: as they are now, and how often they were not well. */
export class PictureFigures {
  readonly #troubles = new Counter({
    name: 'liveview_camera_picture_troubles_total',
    help: 'Times that the pictures of a stream became other than ok, by what they became',
    labelNames: ['camera', 'stream', 'state'],
    registers: [],
  });

  /** A stream is in another condition now. */
  changed(camera: string, stream: string, state: PictureState): void {
    if (state !== 'ok' && state !== 'connecting') this.#troubles.inc({ camera, stream, state });
  }

  register(registry: Registry, cameras: () => readonly GatewayCamera[]): void {
    registry.registerMetric(this.#troubles);
    new Gauge({
      name: 'liveview_camera_picture',
      help: '1 for the condition in which the pictures of a stream are that is pulled now',
      labelNames: ['camera', 'stream', 'state'],
      registers: [registry],
      collect() {
        this.reset();
        for (const { id, pictures } of cameras()) {
          for (const { stream, state } of pictures.all())
            this.set({ camera: id, stream, state }, 1);
        }
      },
    });
  }
}
