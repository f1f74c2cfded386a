import { until } from '../../support/until.ts';
import type { Attack } from './target.ts';

const TRIES = 200;
/** More of them than this were looked at only if nothing slows them down. */
const MOST_CHECKED = 10;

export const GUESSES: Attack = {
  name: `${TRIES} wrong passwords of one name`,
  run: async (target) => {
    const url = new URL('/v1/session', target.urls.police);
    const headers = { 'content-type': 'application/json', origin: url.origin };
    const statuses = await Promise.all(
      Array.from({ length: TRIES }, async (_, index) => {
        const body = JSON.stringify({ username: 'daan', password: `guess-${index}` });
        return (await fetch(url, { method: 'POST', headers, body })).status;
      }),
    );
    const checked = statuses.filter((status) => status === 401).length;
    const others = statuses.filter((status) => status !== 401 && status !== 429);
    await until('it goes on', async () => (await target.isWell()).length === 0);
    return [
      ...(checked === 0 ? ['no password was looked at'] : []),
      ...(checked > MOST_CHECKED ? [`${checked} passwords were tried`] : []),
      ...others.map((status) => `it was answered ${status}`),
    ];
  },
};
