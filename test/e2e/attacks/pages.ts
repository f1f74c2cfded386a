import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { WebSocket } from 'ws';
import type { ApiCaller } from '../../support/api-caller.ts';
import { operationsOf } from './bodies.ts';
import { type Attack, lostIn, type Target, USER_PASSWORD } from './target.ts';

/** Pages elsewhere, that a browser with our cookie may be made to open. */
function foreign(base: string): Record<string, string> {
  const { host, hostname, port } = new URL(base);
  return {
    'another site': 'https://evil.example',
    'a page without an origin': 'null',
    'another scheme': `https://${host}`,
    'another port': `http://${hostname}:${Number(port) + 1}`,
    'a name that begins like ours': `http://${hostname}.evil.example:${port}`,
    'a name that ends like ours': `http://evil-${host}`,
    'our name as a user': `http://${host}@evil.example`,
    'our name with a dot': `http://${hostname}.:${port}`,
    'a file': 'file://',
    'an extension': 'chrome-extension://abcdefghijklmnop',
  };
}

/** Each operation from each page, with the cookie of an operator who is logged in. */
export async function pagesOf(target: Target): Promise<Attack[]> {
  const operator = await target.browserOf('centre', 'olga');
  const origins = foreign(operator.base);
  const operations = await operationsOf(target);
  const acts = operations.map(({ method, path }) => ({
    name: `${method} ${path} from ${Object.keys(origins).length} pages elsewhere`,
    run: async () => {
      const lost = [];
      for (const [name, origin] of Object.entries(origins)) {
        const [status, code] = await act(operator, method, path, origin);
        if (status !== 403 || code !== REFUSED) lost.push(`${name}: ${status} ${code}`);
      }
      return lost;
    },
  }));
  const sockets = Object.entries(origins).map(([name, origin]) => ({
    name: `the live socket from ${name}`,
    run: async () => {
      const url = operator.socketUrl;
      const headers = { cookie: operator.headers['cookie'] ?? '' };
      const socket = new WebSocket(url, 'liveview.v1', { headers, origin });
      const opened = await new Promise((resolve) => {
        socket.on('open', () => resolve(true));
        socket.on('error', () => resolve(false));
      });
      socket.terminate();
      return opened ? ['it opened'] : [];
    },
  }));
  return [...acts, ...sockets];
}

/** What browsers say of whoever makes them ask, where they send no `Origin`: as for a picture. */
const REFUSED = 'origin-not-allowed';
const ELSEWHERE = ['same-site', 'cross-site'];

/** Each thing that is read by whoever is logged in, as a picture or a script in a page elsewhere. */
export async function readsOf(target: Target): Promise<Attack[]> {
  const { base, headers } = await target.browserOf('centre', 'ollie');
  const { cookie = '' } = headers;
  const get = async (path: string, more: Record<string, string>) => {
    const answer = await fetch(new URL(path, base), { headers: more });
    return answer.ok ? 'given' : ((await answer.json()) as { code: string }).code;
  };
  const attacks = [];
  for (const { path } of await operationsOf(target, ['get'])) {
    // What is everybody's is no secret of a page.
    if ((await get(path, {})) !== 'unauthenticated') continue;
    attacks.push({
      name: `GET ${path} from a page elsewhere`,
      run: async () => {
        const lost = [];
        for (const from of ELSEWHERE) {
          const what = await get(path, { cookie, 'sec-fetch-site': from });
          if (what !== REFUSED) lost.push(`${from}: ${what}`);
        }
        const own = await get(path, { cookie, 'sec-fetch-site': 'same-origin' });
        return own === REFUSED || own === 'unauthenticated' ? [...lost, `our own: ${own}`] : lost;
      },
    });
  }
  return attacks;
}

/** A neighbour of the gateway (the same name, another port), open in the browser of an operator. */
export async function visitNeighbour(page: Page, picture: string): Promise<void> {
  const neighbour = createServer((_request, answer) => {
    answer.setHeader('content-type', 'text/html');
    answer.end(`<img src="${picture}">`);
  });
  neighbour.listen(0, '127.0.0.1');
  await once(neighbour, 'listening');
  try {
    // Whatever it is answered, its page may not see it.
    const asked = page.waitForEvent('requestfailed', (request) => request.url() === picture);
    await page.goto(`http://127.0.0.1:${(neighbour.address() as AddressInfo).port}/`);
    await asked;
  } finally {
    neighbour.closeAllConnections();
    neighbour.close();
  }
}

export const PAGES_A_ROUTE = Object.keys(foreign('http://127.0.0.1:1')).length;

async function act({ base, headers }: ApiCaller, method: string, path: string, origin: string) {
  const body = method === 'DELETE' ? {} : { body: '{}' };
  const answer = await fetch(new URL(path, base), {
    ...{ method, ...body },
    headers: { cookie: headers['cookie'] ?? '', origin, 'content-type': 'application/json' },
  });
  const problem = (await answer.json().catch(() => ({}))) as { code?: string };
  return [answer.status, problem.code] as const;
}

/** What is done with cookies. */
export async function cookiesOf(target: Target): Promise<Attack[]> {
  const victim = await target.browserOf('centre', 'otto');
  const gone = await target.browserOf('centre', 'oscar');
  const police = await target.browserOf('police', 'daan');
  await gone.call('DELETE', '/v1/session');
  const [name = '', value = ''] = (victim.headers['cookie'] ?? '').split('=');
  const [policeName = '', policeValue = ''] = (police.headers['cookie'] ?? '').split('=');
  const tries: Record<string, [ApiCaller, string]> = {
    'one that has logged out': [victim, gone.headers['cookie'] ?? ''],
    'that of the police, at the centre': [victim, `${policeName}=${policeValue}`],
    'that of the police, by the name of the centre’s': [victim, `${name}=${policeValue}`],
    'that of the centre, at the police': [police, `${name}=${value}`],
    'that of the centre, by the name of the police’s': [police, `${policeName}=${value}`],
    'cut short': [victim, `${name}=${value.slice(0, -1)}`],
    longer: [victim, `${name}=${value}A`],
    'in capitals': [victim, `${name}=${value.toUpperCase()}`],
    'one of the attacker’s choice': [victim, `${name}=fixed`],
    'a prototype': [victim, '__proto__=admin; constructor=admin'],
    'ten thousand of them': [victim, Array(900).fill(`${name}=a`).join('; ')],
    'in a quote': [victim, `${name}="${value}`],
    encoded: [victim, `${name}=%${value}`],
  };
  const cookies = Object.entries(tries).map(([what, [caller, cookie]]) => ({
    name: `a cookie: ${what}`,
    run: async () => {
      const answer = await fetch(new URL('/v1/incidents', caller.base), { headers: { cookie } });
      const text = `HTTP/1.1 ${answer.status}\n${await answer.text()}`;
      return [...lostIn(Buffer.from(text)), ...(answer.ok ? ['it was taken'] : [])];
    },
  }));
  return [...cookies, fixation(name)];
}

/** A cookie that the attacker has put there before the login is not the one of the login. */
function fixation(name: string): Attack {
  return {
    name: 'a cookie: one that was there before the login',
    run: async (target) => {
      const planted = `${name}=${'planted'.padEnd(43, 'A')}`;
      await target.browserOf('centre', 'oda');
      const url = new URL('/v1/session', target.urls.centre);
      const opened = await fetch(url, {
        method: 'POST',
        headers: { cookie: planted, origin: url.origin, 'content-type': 'application/json' },
        body: JSON.stringify({ username: 'oda', password: USER_PASSWORD }),
      });
      const own = opened.headers.get('set-cookie')?.split(';')[0] ?? '';
      const status = async (cookie: string) => (await fetch(url, { headers: { cookie } })).status;
      return [
        ...(opened.status === 201 ? [] : [`the login was answered ${opened.status}`]),
        ...(own.startsWith(`${name}=`) && own !== planted ? [] : ['the login has that cookie']),
        ...((await status(own)) === 200 ? [] : ['the cookie of the login opens nothing']),
        ...((await status(planted)) === 401 ? [] : ['what was planted opens something']),
      ];
    },
  };
}
