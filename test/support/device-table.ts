import type { SourceOptions } from '../../src/video/source/source.ts';
import { pullFrom, started } from './pulled-source.ts';
import { type Answer, type PeerOptions, ScriptedRtspPeer } from './scripted-rtsp-peer.ts';

/** Devices and the sources that pull from them, for one test; `clear` takes them away. */
export class DeviceTable {
  readonly #steps: (() => unknown)[] = [];

  async device(
    answers: Record<string, Answer> = {},
    options: PeerOptions = {},
  ): Promise<ScriptedRtspPeer> {
    const made = await ScriptedRtspPeer.start(answers, options);
    this.atEnd(() => made.stop());
    return made;
  }

  pull(camera: ScriptedRtspPeer, options: Partial<SourceOptions> = {}) {
    const pulled = pullFrom(() => camera.url(), options);
    this.atEnd(() => pulled.source.stop());
    return pulled;
  }

  /** A source that plays from a device, and the device's end of the connection. */
  async playing(camera: ScriptedRtspPeer, options: Partial<SourceOptions> = {}) {
    const pulled = this.pull(camera, options);
    await started(camera);
    return { ...pulled, peer: camera.connection };
  }

  atEnd(step: () => unknown): void {
    this.#steps.push(step);
  }

  /** The last first. */
  async clear(): Promise<void> {
    for (const step of this.#steps.splice(0).reverse()) await step();
  }
}
