import { isDeepStrictEqual } from 'node:util';
import { LiveViewError } from '../core/errors.ts';
import type { GrantTerms } from '../liveview/grants.ts';
import type { Grant } from '../liveview/model.ts';
import type { Seen } from './limited-incident.ts';

/**
 * A share that is given anew by somebody who does not see all that is shared: the cameras that they do not see stay
 * shared, by no more rights and no other policies than before.
 *
 * @param grant what is shared now, if anything is.
 * @throws LiveViewError `share-beyond-sites`
 */
export function withUnseen(terms: GrantTerms, grant: Grant | undefined, sight: Seen): GrantTerms {
  const unseen = grant?.cameras.filter((camera) => !sight.seesCamera(camera)) ?? [];
  if (!grant || unseen.length === 0) return terms;
  const requests = terms.requests ?? grant.requests;
  const isWider = terms.rights.some((right) => !grant.rights.includes(right));
  if (isWider || !isDeepStrictEqual(requests, grant.requests)) {
    throw new LiveViewError(
      'share-beyond-sites',
      'this share is of other sites too; rights and policies are changed by somebody who sees all of it',
    );
  }
  return {
    ...terms,
    cameras: [...terms.cameras, ...unseen],
    ...(requests === undefined ? {} : { requests }),
  };
}
