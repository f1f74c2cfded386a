import type { SourceTaps } from '../../../src/gateway/camera.ts';
import { noCounts, type SourceState } from '../../../src/video/source/state.ts';

export const PLAYING: SourceState = {
  kind: 'playing',
  sinceUnixUs: 0,
  transport: 'tcp',
  codec: 'h264',
};

export function waiting(code: string): SourceState {
  return {
    kind: 'waiting',
    error: Object.assign(new Error(`because of ${code}`), { code }),
    retryAtMs: 0,
  };
}

/** A source that does what a test tells it. */
export class FakeSource {
  readonly taps: SourceTaps;
  readonly counts = noCounts();
  state: SourceState = { kind: 'idle' };
  stopped = false;
  readonly #onStart: (source: FakeSource) => void;

  constructor(taps: SourceTaps, onStart: (source: FakeSource) => void) {
    this.taps = taps;
    this.#onStart = onStart;
  }

  get counters() {
    return { ...this.counts };
  }

  start(): void {
    this.#onStart(this);
  }

  async stop(): Promise<void> {
    this.stopped = true;
  }

  enter(state: SourceState): void {
    this.state = state;
    this.taps.onState(state);
  }
}
