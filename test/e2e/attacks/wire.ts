import type { Side } from '../../../src/access/caller.ts';
import { type Attack, lostIn, statusesIn, type Target } from './target.ts';

const SIDES: readonly Side[] = ['police', 'centre'];
const JSON_TYPE = 'Content-Type: application/json';
/** Hidden in the body of another request: whoever reads lengths otherwise than we do passes it on. */
const HIDDEN = 'GET /v1/incidents HTTP/1.1\r\nHost: hidden\r\n\r\n';

function post(headers: readonly string[], body: string): string {
  return ['POST /v1/session HTTP/1.1', 'Host: x', JSON_TYPE, ...headers, '', body].join('\r\n');
}

/** Two readings of one request: RFC 9112 §6.3, §11.2. Each is refused, and nothing behind it is answered. */
const AMBIGUOUS: Record<string, string> = {
  'two lengths that differ': post(['Content-Length: 0', 'Content-Length: 46'], HIDDEN),
  'a list of lengths': post(['Content-Length: 0, 46'], HIDDEN),
  'a length and chunks': post(
    ['Content-Length: 6', 'Transfer-Encoding: chunked'],
    `0\r\n\r\n${HIDDEN}`,
  ),
  'chunks and a length': post(
    ['Transfer-Encoding: chunked', 'Content-Length: 6'],
    `0\r\n\r\n${HIDDEN}`,
  ),
  'chunked with a tab': post(
    ['Transfer-Encoding:\tchunked', 'Content-Length: 4'],
    `0\r\n\r\n${HIDDEN}`,
  ),
  'chunked, then something else': post(
    ['Transfer-Encoding: chunked, identity'],
    `0\r\n\r\n${HIDDEN}`,
  ),
  'chunked twice': post(
    ['Transfer-Encoding: chunked', 'Transfer-Encoding: cow'],
    `0\r\n\r\n${HIDDEN}`,
  ),
  'chunked with a space before the colon': post(
    ['Transfer-Encoding : chunked'],
    `0\r\n\r\n${HIDDEN}`,
  ),
  'chunked on a folded line': post(['Transfer-Encoding:\r\n chunked'], `0\r\n\r\n${HIDDEN}`),
  'chunked with a vertical tab': post(['Transfer-Encoding: \x0bchunked'], `0\r\n\r\n${HIDDEN}`),
  xchunked: post(['Transfer-Encoding: xchunked'], `0\r\n\r\n${HIDDEN}`),
  'a length with a sign': post(['Content-Length: +46'], HIDDEN),
  'a length below nothing': post(['Content-Length: -1'], HIDDEN),
  'a length in hexadecimal': post(['Content-Length: 0x2e'], HIDDEN),
  'a length beyond all numbers': post(['Content-Length: 99999999999999999999'], HIDDEN),
  'a chunk beyond all numbers': post(['Transfer-Encoding: chunked'], 'FFFFFFFFFFFFFFFFF\r\n'),
  'a chunk whose size has a sign': post(['Transfer-Encoding: chunked'], `-1\r\n\r\n${HIDDEN}`),
  'a chunk whose end is missing': post(['Transfer-Encoding: chunked'], `1\r\nAA0\r\n\r\n${HIDDEN}`),
  'a line that ends in a carriage return alone': `GET /v1/incidents HTTP/1.1\rHost: x\r\r`,
  'a header without a name': 'GET / HTTP/1.1\r\nHost: x\r\n: value\r\n\r\n',
  'a header with a zero byte': 'GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n',
  'a first line without a version that exists': 'GET / HTTP/9.9\r\nHost: x\r\n\r\n',
  'a preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'a hello of TLS': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  'a proxy by CONNECT': 'CONNECT 192.0.2.1:80 HTTP/1.1\r\nHost: 192.0.2.1:80\r\n\r\n',
  'a proxy line before it':
    'PROXY TCP4 127.0.0.1 127.0.0.1 1 1\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n',
};

/** What would put a line of the attacker's among our headers. */
const SPLITTING = [
  ...['%0d%0aSet-Cookie:%20a=b', '%0aSet-Cookie:%20a=b', '%0d%0a%0d%0a<script>1</script>'],
  ...['%E5%98%8D%E5%98%8ASet-Cookie:%20a=b', '%23%0dSet-Cookie:%20a=b'],
];
const REFLECTED = [
  '/SPLIT',
  '/v1/incidents/SPLIT',
  '/assets/SPLIT',
  '/v1/session?x=SPLIT',
  '/?lang=SPLIT',
];

export const WIRE: Attack[] = SIDES.flatMap((side) => [
  ...Object.entries(AMBIGUOUS).map(([name, bytes]) => ({
    name: `${side}: ${name}`,
    run: async (target: Target) => {
      const answer = await target.exchange(side, Buffer.from(bytes, 'latin1'));
      const statuses = statusesIn(answer);
      const taken = statuses.length > 1 || statuses.some((status) => status < 400);
      return [...lostIn(answer), ...(taken ? [`it was answered ${statuses}`] : [])];
    },
  })),
  ...REFLECTED.flatMap((path) =>
    SPLITTING.map((split) => ({
      name: `${side}: ${path} with ${split}`,
      run: async (target: Target) => {
        const line = `GET ${path.replace('SPLIT', split)} HTTP/1.1`;
        const answer = await target.exchange(
          side,
          `${line}\r\nHost: x\r\nConnection: close\r\n\r\n`,
        );
        const text = answer.toString('latin1');
        const isSplit = /^set-cookie: a=b/im.test(text) || text.includes('<script>1');
        return [...lostIn(answer), ...(isSplit ? ['a header of the attacker'] : [])];
      },
    })),
  ),
]);
