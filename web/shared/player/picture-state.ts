import type { PictureMessage, WatchEnd } from '../../../src/client/index.ts';

/**
 * `connecting`: nothing shown yet that is new. `late`: it moves, and is old. `frozen`: it stands still.
 * `interrupted`: no connection, and black. `ended`: for good, and black. `unplayable`: this browser
 * cannot show it.
 */
export type PictureState =
  | 'connecting'
  | 'live'
  | 'late'
  | 'frozen'
  | 'interrupted'
  | 'ended'
  | 'unplayable';

/** What is known of a picture on the screen, by itself and by the gateway. */
export interface ShownPicture {
  readonly state: PictureState;
  readonly ended: WatchEnd | undefined;
  /** What the gateway says of the camera; undefined as long as it has said nothing. */
  readonly picture: PictureMessage | undefined;
}
