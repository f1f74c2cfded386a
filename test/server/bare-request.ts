import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

export interface BareRequest {
  readonly method: string;
  readonly token?: string | undefined;
  readonly body?: string | undefined;
  readonly contentType?: string | undefined;
  /** Ask for a WebSocket. */
  readonly upgrade?: boolean;
}

/** All that an answer says, with the names of its headers as they are on the wire, and not its date. */
export async function bareAnswer(url: string, asked: BareRequest): Promise<string> {
  const { method, token, body, contentType = 'application/json', upgrade = false } = asked;
  const sent = request(url, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined
        ? {}
        : { 'content-type': contentType, 'content-length': Buffer.byteLength(body) }),
      ...(upgrade ? UPGRADE : {}),
    },
  });
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  const headers = Array.from({ length: answer.rawHeaders.length / 2 }, (_, index) =>
    answer.rawHeaders.slice(index * 2, index * 2 + 2).join(': '),
  ).filter((line) => !line.startsWith('date:') && !line.startsWith('Date:'));
  return [`${answer.statusCode}`, ...headers, '', await text(answer)].join('\n');
}

const UPGRADE = {
  connection: 'upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};
