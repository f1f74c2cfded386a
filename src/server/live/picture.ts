import type { Side } from '../../access/caller.ts';
import { rfc3339 } from '../../core/clock.ts';
import { textForRooms } from '../../liveview/reasons.ts';
import type { PictureCondition } from '../deps.ts';
import type { PictureMessage } from '../protocol.ts';

/**
 * What a viewer is told of its pictures. The reason may say where a camera is reached and what it
 * answered; a control room reads the words for it that name nothing, and where there are none, the
 * state alone.
 */
export function pictureMessage(
  channel: number,
  { state, code, reason, sinceUnixUs }: PictureCondition,
  side: Side,
): PictureMessage {
  const words = side === 'centre' ? reason : code && textForRooms(code);
  const isTold = code !== undefined && (side === 'centre' || words !== undefined);
  return {
    ...{ type: 'picture', channel, state },
    ...(isTold ? { code } : {}),
    ...(words === undefined ? {} : { reason: words }),
    since: rfc3339(sinceUnixUs),
  };
}
