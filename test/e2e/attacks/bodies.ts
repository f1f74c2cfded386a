import type { ApiCaller } from '../../support/api-caller.ts';
import { type Attack, lostIn, type Target } from './target.ts';

interface Operation {
  readonly method: string;
  readonly path: string;
}

const DEEP = 20_000;
const TEXT = 'x'.repeat(60_000);

/** Bodies that have broken other servers; none of them is what any route asks for. */
const BODIES: Record<string, string> = {
  'a prototype': '{"__proto__":{"isAdmin":true,"role":"admin"}}',
  'a prototype of the constructor': '{"constructor":{"prototype":{"isAdmin":true}}}',
  'a prototype within': '{"a":{"__proto__":{"isAdmin":true}},"type":{"__proto__":[]}}',
  depth: `${'['.repeat(DEEP)}${']'.repeat(DEEP)}`,
  'depth of objects': `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
  nothing: 'null',
  'a list': '[]',
  'a number': '1e400',
  'a text': `"${TEXT}"`,
  'lone surrogates and zero bytes':
    '{"type":"\\ud800","summary":"\\u0000","note":"\\udfff\\u0000"}',
  'a key twice': '{"type":"robbery","type":"fire","__proto__":null}',
  'an operator of a database': '{"type":{"$gt":""},"username":{"$ne":null},"site":{"$regex":".*"}}',
  'objects where texts belong':
    '{"username":{"toString":"x"},"password":[],"note":{},"cameras":{}}',
  'lists of many': `{"cameras":[${Array(5_000).fill('"a"').join()}],"tiles":[${Array(5_000).fill('{}').join()}]}`,
  'a mark of byte order': '\ufeff{"type":"robbery"}',
  JavaScript: '{type: process.exit(1)}',
  XML: '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
};

/** Each operation of the API that takes JSON, with each of the bodies, as somebody who may do it. */
export async function bodiesOf(target: Target): Promise<Attack[]> {
  const operations = (await operationsOf(target)).filter(({ method }) => method !== 'DELETE');
  return operations.map(({ method, path }) => ({
    name: `${method} ${path} with ${Object.keys(BODIES).length} bodies`,
    run: async () => {
      // Nobody's acts are used up by another operation.
      const caller = await target.anotherOperator();
      const lost = [];
      for (const [name, body] of Object.entries(BODIES)) {
        const answer = await send(caller, method, path, body);
        // Ours may be read by an operator; what the attack brought may not come back as more than text.
        const found = lostIn(Buffer.from(answer)).filter((what) => what !== 'what is kept');
        lost.push(...found.map((what) => `${name}: ${what}`));
      }
      const session = await caller.call<Record<string, unknown>>('GET', '/v1/session');
      if ('isAdmin' in session || session['role'] !== 'operator')
        lost.push('it became somebody else');
      return lost;
    },
  }));
}

export const BODIES_A_ROUTE = Object.keys(BODIES).length;

/** What changes something (unless told), with an id that nobody has where one belongs. */
export async function operationsOf(
  { urls }: Target,
  methods = ['post', 'put', 'patch', 'delete'],
): Promise<Operation[]> {
  const answer = await fetch(new URL('/openapi.json', urls.centre));
  const { paths } = (await answer.json()) as { paths: Record<string, Record<string, unknown>> };
  return Object.entries(paths).flatMap(([path, served]) =>
    Object.keys(served)
      .filter((method) => methods.includes(method))
      .map((method) => ({
        method: method.toUpperCase(),
        path: path.replace(/\{\w+\}/g, 'inc_0000000000000000000000'),
      })),
  );
}

async function send(caller: ApiCaller, method: string, path: string, body: string) {
  const headers = { 'content-type': 'application/json' };
  const answer = await caller.fetch(path, { method, headers, body });
  return `HTTP/1.1 ${answer.status}\n${await answer.text()}`;
}
