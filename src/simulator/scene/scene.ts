import type { Figure } from './figures.ts';
import type { Painter } from './painter.ts';

/** The places that virtual cameras look at. */
export type SceneName = 'shop-interior' | 'shop-front' | 'square' | 'car-park';

/** Every scene has this size; a view shows at most 5/12 of its width and height. */
export const SCENE_WIDTH = 3840;
export const SCENE_HEIGHT = 2160;

export interface Scene {
  /** Paints everything that does not move, once. */
  paint(painter: Painter): void;
  /** What moves, in no particular order: the nearer, the later it is drawn. */
  figures(): Figure[];
}
