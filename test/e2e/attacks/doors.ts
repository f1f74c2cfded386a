import type { Side } from '../../../src/access/caller.ts';
import { type Attack, lostIn, statusesIn, type Target } from './target.ts';

/** Every way to a picture, a plan or what is known of them, with the names that a good spy knows. */
const WAYS: Record<Side, readonly string[]> = {
  police: [
    '/v1/incidents/INC/cameras/shop-1/live.mp4',
    '/v1/incidents/INC/cameras/shop-1/snapshot.jpg',
    '/v1/incidents/INC/cameras/shop-front/live.mp4',
    '/v1/incidents/INC/cameras/shop-1/live.ws',
    '/v1/incidents/INC/plans/PLAN',
    '/v1/incidents/INC',
    '/v1/incidents',
    '/v1/cameras/shop-1/live.mp4',
    '/v1/cameras',
    '/v1/sites',
    '/v1/alarms',
    '/v1/journal',
    '/metrics',
    '/readyz',
  ],
  centre: [
    '/v1/cameras/shop-1/live.mp4',
    '/v1/cameras/shop-1/live.ws',
    '/v1/cameras/shop-1/snapshot.jpg',
    '/v1/cameras',
    '/v1/incidents/INC/report',
    '/v1/plans',
    '/v1/journal',
  ],
};

type Disguise = (path: string, host: string) => string;

const request = (path: string, host: string, ...more: string[]) =>
  [`GET ${path} HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...more, '', ''].join('\r\n');
const header =
  (...more: string[]): Disguise =>
  (path, host) =>
    request(path, host, ...more);
const spelt =
  (spell: (path: string) => string): Disguise =>
  (path, host) =>
    request(spell(path), host);

/** What has opened doors of other servers. */
const DISGUISES: Record<string, Disguise> = {
  'as it is': header(),
  'two slashes': spelt((path) => `/${path}`),
  'a dot': spelt((path) => `/.${path}`),
  'there and back': spelt((path) => `/assets/..${path}`),
  'there and back, encoded': spelt((path) => `/assets/%2e%2e${path}`),
  'an encoded letter': spelt((path) => path.replace('/v1', '/%761')),
  'encoded twice': spelt((path) => path.replaceAll('/', '%252f')),
  'encoded slashes': spelt((path) => `/v1${path.slice(3).replaceAll('/', '%2f')}`),
  capitals: spelt((path) => path.toUpperCase()),
  'a last slash': spelt((path) => `${path}/`),
  'a parameter of the path': spelt((path) => `${path};role=admin`),
  'a zero byte': spelt((path) => `${path}%00.png`),
  'another name at the end': spelt((path) => `${path}/../../../assets/app.js`),
  'a back slash': spelt((path) => path.replaceAll('/', '\\')),
  'a token in the address': spelt((path) => `${path}?token=admin&access_token=admin`),
  'a whole address': (path, host) => request(`http://localhost${path}`, host),
  'another method in a header': header('X-HTTP-Method-Override: GET', 'X-Method-Override: GET'),
  'another address in a header': header('X-Original-URL: /healthz', 'X-Rewrite-URL: /healthz'),
  'from the machine itself': header(
    'X-Forwarded-For: 127.0.0.1',
    'X-Real-IP: 127.0.0.1',
    'Forwarded: for=127.0.0.1;by=127.0.0.1',
  ),
  'as somebody else': header('X-Forwarded-User: beheer', 'Remote-User: beheer', 'X-User: olga'),
  'a proxy that vouches': header('X-SSL-Client-Verify: SUCCESS', 'X-Client-Cert: rotterdam'),
  'as another host': (path) => request(path, 'localhost'),
  'a piece of it': header('Range: bytes=0-1000000'),
  HEAD: (path, host) => request(path, host).replace('GET', 'HEAD'),
  OPTIONS: (path, host) =>
    request(path, host, 'Access-Control-Request-Method: GET').replace('GET', 'OPTIONS'),
  POST: (path, host) => request(path, host, 'Content-Length: 0').replace('GET', 'POST'),
  TRACE: (path, host) => request(path, host).replace('GET', 'TRACE'),
  'as of 1996': (path, host) => request(path, host).replace('HTTP/1.1', 'HTTP/1.0'),
  'as a WebSocket': header(
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==',
  ),
};

/** With whose credentials: none of them holds for what is asked. */
const CREDENTIALS: Record<string, (target: Target, side: Side) => string | undefined> = {
  nobody: () => undefined,
  'another control room, or the police at the centre': ({ denHaag }) => `Bearer ${denHaag.token}`,
  'a token that was guessed': () => `Bearer ${'A'.repeat(43)}`,
  'no token at all': () => 'Bearer ',
  'a password where a token belongs': () => 'Basic YmVoZWVyOmJlaGVlcg==',
  'two tokens': ({ denHaag }) => `Bearer ${denHaag.token}, Bearer ${denHaag.token}`,
  'a revoked token': (target) => `Bearer ${ended(target, 'revoked')}`,
  'an expired token': (target) => `Bearer ${ended(target, 'expired')}`,
  'the token of the other side': ({ operator, rotterdam }, side) =>
    `Bearer ${side === 'police' ? operator.token : rotterdam.token}`,
};

const made = new WeakMap<Target, Map<string, string>>();

/** A token that held once. */
function ended(target: Target, how: 'revoked' | 'expired'): string {
  const known = made.get(target) ?? new Map<string, string>();
  made.set(target, known);
  const token = known.get(how) ?? endedNow(target, how);
  known.set(how, token);
  return token;
}

function endedNow({ tokens }: Target, how: 'revoked' | 'expired'): string {
  const expiresAt = how === 'expired' ? { expiresInMs: 1 } : {};
  const { secret } = tokens.issue({ name: how, role: 'operator', ...expiresAt });
  if (how === 'revoked') tokens.revoke(how);
  return secret.reveal();
}

/** The bytes of one attempt. */
export function attempt(
  target: Target,
  side: Side,
  way: string,
  disguise: Disguise,
  token?: string,
) {
  const path = way.replace('INC', target.incident).replace('PLAN', target.plan);
  const text = disguise(path, new URL(target.urls[side]).host);
  return token === undefined ? text : text.replace('\r\n', `\r\nAuthorization: ${token}\r\n`);
}

/** What came for it that should not have. */
async function tried(target: Target, side: Side, way: string, bytes: string): Promise<string[]> {
  const answer = await target.exchange(side, bytes);
  const lost = lostIn(answer);
  const [status = 0] = statusesIn(answer);
  // A list may be empty; of one thing, that there is an answer says that there is the thing.
  const isOfOne = way !== '/v1/incidents';
  const opened = status === 101 || (status === 200 && isOfOne);
  return opened ? [...lost, `it was answered ${status}`] : lost;
}

/** Every way, in every disguise, for nobody and for whoever has a token that does not hold for it. */
export const DOORS: Attack[] = (['police', 'centre'] as const).flatMap((side) =>
  WAYS[side].flatMap((way) => [
    ...Object.entries(DISGUISES).map(([name, disguise]) => ({
      name: `${side}: ${way}, ${name}`,
      run: async (target: Target) => [
        ...(await tried(target, side, way, attempt(target, side, way, disguise))),
        ...(await tried(
          target,
          side,
          way,
          attempt(target, side, way, disguise, `Bearer ${target.denHaag.token}`),
        )),
      ],
    })),
    ...Object.entries(CREDENTIALS).map(([name, credentials]) => ({
      name: `${side}: ${way}, with the credentials of ${name}`,
      run: (target: Target) =>
        tried(target, side, way, attempt(target, side, way, header(), credentials(target, side))),
    })),
  ]),
);

const UP = [
  '..',
  '%2e%2e',
  '.%2e',
  '%2e%2e%2f..',
  '..%2f..',
  '..%5c..',
  '..;',
  '%c0%ae%c0%ae',
  '....//..',
  '%252e%252e',
];
const FILES = ['etc/passwd', 'package.json', 'cameras.yaml', 'journal.db', 'proc/self/environ'];

/** Files that are none of the consoles'. */
export const FILES_OUTSIDE: Attack[] = (['police', 'centre'] as const).flatMap((side) =>
  UP.flatMap((up) =>
    FILES.map((file) => ({
      name: `${side}: ${file} by ${up}`,
      run: async (target: Target) => {
        const lost: string[] = [];
        for (const start of ['', '/assets', '/v1']) {
          const path = `${start}/${`${up}/`.repeat(8)}${file}`;
          const answer = await target.exchange(side, request(path, 'localhost'));
          lost.push(...lostIn(answer));
          if (statusesIn(answer)[0] === 200) lost.push(`${path} is answered`);
        }
        return lost;
      },
    })),
  ),
);
