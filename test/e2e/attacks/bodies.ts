import type { Side } from '../../../src/access/caller.ts';
import type { ApiCaller } from '../../support/api-caller.ts';
import { type Attack, lostIn, type Target } from './target.ts';

interface Operation {
  readonly method: string;
  readonly path: string;
}

const DEEP = 20_000;
const LONG = 60_000;
const TEXT = 'x'.repeat(LONG);
/** Of every kind that is seen through when a text is searched for secrets; as JSON. */
const ESCAPE = '%2541+%26amp;\\\\u0041';
const escapes = (length: number) => ESCAPE.repeat(length / ESCAPE.length);
/** Of the gateway's own thread, for one of these bodies; the rest waits for that long. */
const MOST_MS = 100;
/** The least of so many counts: what the gateway does meanwhile for others is in each. */
const TRIES = 10;

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
  'a long key': `{"${TEXT}":1}`,
  'a long key of escapes': `{"username":"a","password":"b","${escapes(LONG)}":1}`,
  'long texts of escapes': `{"type":"${escapes(LONG / 3)}","username":"${escapes(LONG / 3)}","${escapes(LONG / 3)}":[]}`,
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

const WITH_BODY = ['post', 'put', 'patch'];

/** What is tried by whoever may do less: what may cost time, and what has made others an administrator. */
const FEW = [
  'a prototype',
  'depth',
  'a long key',
  'a long key of escapes',
  'long texts of escapes',
];

/** Each operation of the API that takes JSON, with each of the bodies, as somebody who may do it. */
export async function bodiesOf(target: Target): Promise<Attack[]> {
  const operations = await operationsOf(target, WITH_BODY);
  return operations.map((operation) => ({
    name: `${operation.method} ${operation.path} with ${BODIES_A_ROUTE} bodies`,
    run: async () => {
      // Nobody's acts are used up by another operation.
      const caller = await target.anotherOperator();
      const lost = await bodiesTo(target, caller, operation, Object.keys(BODIES));
      const session = await caller.call<Record<string, unknown>>('GET', '/v1/session');
      if ('isAdmin' in session || session['role'] !== 'operator')
        lost.push('it became somebody else');
      // Ours may be read by an operator; what the attack brought may not come back as more than text.
      return lost.filter((what) => !what.endsWith('what is kept'));
    },
  }));
}

/** The login of both sides with each of the bodies, as nobody; each operation of the police with a few, as a control room. */
export async function bodiesOfOthers(target: Target): Promise<Attack[]> {
  const logins = (['centre', 'police'] as const).map((side) => ({
    name: `${side}: a login with ${BODIES_A_ROUTE} bodies`,
    run: () =>
      bodiesTo(
        target,
        { fetch: (path, init) => fetch(new URL(path, target.urls[side]), init) },
        { method: 'POST', path: '/v1/session' },
        Object.keys(BODIES),
      ),
  }));
  const operations = await operationsOf(target, WITH_BODY, 'police');
  const dispatcher = target.anotherDispatcher();
  const ofControlRoom = operations.map((operation) => ({
    name: `police: ${operation.method} ${operation.path} with ${FEW.length} bodies`,
    run: () => bodiesTo(target, dispatcher, operation, FEW),
  }));
  return [...logins, ...ofControlRoom];
}

async function bodiesTo(
  target: Target,
  caller: Pick<ApiCaller, 'fetch'>,
  { method, path }: Operation,
  names: readonly string[],
): Promise<string[]> {
  const lost: string[] = [];
  for (const name of names) {
    const costs: number[] = [];
    while (costs.length < TRIES && !costs.some((each) => each <= MOST_MS)) {
      const cost = await target.costOf(async () => {
        const answer = await send(caller, method, path, BODIES[name] ?? '');
        lost.push(...lostIn(Buffer.from(answer)).map((what) => `${name}: ${what}`));
      });
      costs.push(cost);
    }
    const least = Math.min(...costs);
    if (least > MOST_MS) lost.push(`${name}: ${Math.round(least)} ms`);
  }
  return lost;
}

export const BODIES_A_ROUTE = Object.keys(BODIES).length;

/** What changes something (unless told), with an id that nobody has where one belongs. */
export async function operationsOf(
  { urls }: Target,
  methods = ['post', 'put', 'patch', 'delete'],
  side: Side = 'centre',
): Promise<Operation[]> {
  const answer = await fetch(new URL('/openapi.json', urls[side]));
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

async function send(caller: Pick<ApiCaller, 'fetch'>, method: string, path: string, body: string) {
  const headers = { 'content-type': 'application/json' };
  const answer = await caller.fetch(path, { method, headers, body });
  return `HTTP/1.1 ${answer.status}\n${await answer.text()}`;
}
