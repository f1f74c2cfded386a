import type { AccessUnit } from '../../video/access-unit.ts';
import type { Viewpoint } from '../ptz-model.ts';
import type { Act } from './acts.ts';
import type { StreamShape } from './encoder.ts';
import type { Picture } from './picture.ts';
import type { SceneName } from './scene.ts';

/** What the thread that draws and encodes one camera is told at its start. */
export interface SceneWorkerData {
  readonly scene: SceneName;
  /** In memory that is shared with whoever painted it. */
  readonly painted: Picture;
  readonly camera: string;
  /** Undefined for a camera without a signal. */
  readonly viewpoint: Viewpoint | undefined;
  /** What is played in front of it. */
  readonly act: Act | undefined;
  readonly streams: Readonly<Record<StreamName, StreamShape>>;
}

export type StreamName = 'main' | 'sub';

export type ToSceneWorker =
  | { readonly type: 'start' | 'stop'; readonly stream: StreamName }
  | { readonly type: 'viewpoint'; readonly viewpoint: Viewpoint | undefined }
  | { readonly type: 'act'; readonly act: Act | undefined }
  | { readonly type: 'close' };

export type FromSceneWorker =
  | { readonly type: 'picture'; readonly stream: StreamName; readonly unit: AccessUnit }
  | { readonly type: 'failed'; readonly stream: StreamName; readonly reason: string };
