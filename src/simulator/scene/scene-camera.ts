import { Worker } from 'node:worker_threads';
import type { Clock, Timer } from '../../core/clock.ts';
import { LiveViewError } from '../../core/errors.ts';
import type { Viewpoint } from '../ptz-model.ts';
import type { PictureSink, PictureSource } from '../rtsp/picture-source.ts';
import type { Act } from './acts.ts';
import { MAIN, SUB } from './encoder.ts';
import type { FromSceneWorker, SceneWorkerData, StreamName, ToSceneWorker } from './messages.ts';
import type { Picture } from './picture.ts';
import type { SceneName } from './scene.ts';

export interface SceneCameraOptions {
  readonly scene: SceneName;
  /** That scene (see `paintScene`): one for all cameras that look at it. */
  readonly painted: Picture;
  /** As it stands in the picture. */
  readonly name: string;
  /** Where it looks now, undefined while it has no signal; asked for every picture. */
  readonly viewpoint: () => Viewpoint | undefined;
  /** What is played in front of it now; asked for every picture. */
  readonly act?: (() => Act | undefined) | undefined;
  readonly clock: Clock;
  /** The compiled `scene-worker`. */
  readonly worker?: URL | undefined;
}

const WORKER = new URL('./scene-worker.js', import.meta.url);
const CLOSE_MS = 3_000;

/**
 * A camera that looks at a painted scene. Drawing and encoding happen in a thread of its own, which
 * exists while somebody watches; this side only passes the viewpoint on and pictures through.
 */
export class SceneCamera {
  readonly main: PictureSource;
  readonly sub: PictureSource;
  readonly #options: SceneCameraOptions;
  readonly #sinks = new Map<StreamName, PictureSink>();
  #worker: Worker | undefined;
  #timer: Timer | undefined;
  #viewpoint: Viewpoint | undefined;
  #act: Act | undefined;
  #closing: Promise<void> = Promise.resolve();

  constructor(options: SceneCameraOptions) {
    this.#options = options;
    this.main = { start: (sink) => this.#start('main', sink) };
    this.sub = { start: (sink) => this.#start('sub', sink) };
  }

  /** Whether its thread runs. */
  get running(): boolean {
    return this.#worker !== undefined;
  }

  /** Resolves when the thread, if there was one, is gone. */
  async stop(): Promise<void> {
    this.#sinks.clear();
    this.#close();
    await this.#closing;
  }

  #start(stream: StreamName, sink: PictureSink): () => void {
    this.#sinks.set(stream, sink);
    const worker = this.#worker ?? this.#open();
    post(worker, { type: 'start', stream });
    return () => {
      if (this.#sinks.get(stream) !== sink) return;
      this.#sinks.delete(stream);
      if (this.#worker) post(this.#worker, { type: 'stop', stream });
      if (this.#sinks.size === 0) this.#close();
    };
  }

  #open(): Worker {
    const { scene, painted, name, viewpoint } = this.#options;
    const workerData: SceneWorkerData = {
      scene,
      painted,
      camera: name,
      viewpoint: viewpoint(),
      act: this.#options.act?.(),
      streams: { main: MAIN, sub: SUB },
    };
    const worker = new Worker(this.#options.worker ?? WORKER, { workerData });
    this.#worker = worker;
    worker.on('message', (message: FromSceneWorker) => this.#receive(worker, message));
    worker.on('error', (error) => this.#lost(worker, error));
    worker.on('exit', () => this.#lost(worker, new LiveViewError('worker-lost', 'thread ended')));
    this.#follow();
    return worker;
  }

  /** Tells the thread where to look, as often as it shows a picture. */
  #follow(): void {
    const { viewpoint, clock } = this.#options;
    const now = viewpoint();
    if (this.#worker && !samePlace(now, this.#viewpoint)) {
      this.#viewpoint = now;
      post(this.#worker, { type: 'viewpoint', viewpoint: now && { ...now } });
    }
    const act = this.#options.act?.();
    if (this.#worker && act?.sinceUnixUs !== this.#act?.sinceUnixUs) {
      this.#act = act;
      post(this.#worker, { type: 'act', act });
    }
    this.#timer = clock.setTimer(1000 / MAIN.fps, () => this.#follow());
  }

  #receive(worker: Worker, message: FromSceneWorker): void {
    if (worker !== this.#worker) return;
    const sink = this.#sinks.get(message.stream);
    if (!sink) return;
    if (message.type === 'picture') {
      sink.accessUnit(message.unit);
    } else {
      this.#sinks.delete(message.stream);
      sink.failed(new LiveViewError('encoder-failed', message.reason));
    }
  }

  #lost(worker: Worker, error: Error): void {
    if (worker !== this.#worker) return;
    const sinks = [...this.#sinks.values()];
    this.#sinks.clear();
    this.#close();
    for (const sink of sinks) sink.failed(error);
  }

  #close(): void {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#viewpoint = undefined;
    this.#act = undefined;
    this.#timer?.cancel();
    if (worker) this.#closing = closeWorker(worker, this.#options.clock);
  }
}

function post(worker: Worker, message: ToSceneWorker): void {
  worker.postMessage(message);
}

function samePlace(a: Viewpoint | undefined, b: Viewpoint | undefined): boolean {
  if (!a || !b) return a === b;
  return a.pan === b.pan && a.tilt === b.tilt && a.zoom === b.zoom;
}

/** Asks the thread to end its encoders and itself, and ends it when it does not. */
function closeWorker(worker: Worker, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.setTimer(CLOSE_MS, () => void worker.terminate());
    worker.once('exit', () => {
      timer.cancel();
      resolve();
    });
    post(worker, { type: 'close' });
  });
}
