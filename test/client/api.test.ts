import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiError, GatewayApi } from '../../src/client/index.ts';

let server: Server;
let baseUrl = '';
let seen: { method?: string; url?: string; authorization?: string; body: unknown } | undefined;
let answer: (response: ServerResponse) => void = () => undefined;

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  const { method, url } = request;
  const { authorization } = request.headers;
  seen = {
    ...(method ? { method } : {}),
    ...(url ? { url } : {}),
    ...(authorization ? { authorization } : {}),
    body: text === '' ? undefined : JSON.parse(text),
  };
  answer(response);
}

beforeAll(async () => {
  server = createServer((request, response) => void handle(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const ok = (response: ServerResponse) => response.end('{"id":"x"}');

describe('GatewayApi', () => {
  it.each<[string, (api: GatewayApi) => Promise<unknown>, unknown]>([
    ['POST /v1/session', (api) => api.login('a', 'b'), { username: 'a', password: 'b' }],
    ['GET /v1/session', (api) => api.session(), undefined],
    ['GET /v1/alarms', (api) => api.alarms(), undefined],
    [
      'GET /v1/alarms?state=open&site=s',
      (api) => api.alarms({ state: 'open', site: 's' }),
      undefined,
    ],
    ['GET /v1/alarms/a', (api) => api.alarm('a'), undefined],
    [
      'POST /v1/alarms',
      (api) => api.raiseAlarm({ kind: 'fire', site: 's' }),
      { kind: 'fire', site: 's' },
    ],
    ['POST /v1/alarms/a/look', (api) => api.lookAt('a'), {}],
    ['DELETE /v1/alarms/a/look', (api) => api.lookAway('a'), undefined],
    [
      'POST /v1/alarms/a/verification',
      (api) => api.judge('a', { status: 'false', cause: 'test' }),
      { status: 'false', cause: 'test' },
    ],
    ['PUT /v1/alarms/a/incident', (api) => api.addToIncident('a', 'i'), { incident: 'i' }],
    ['POST /v1/alarms/a/end', (api) => api.endAlarm('a'), { note: '' }],
    ['POST /v1/incidents', (api) => api.openIncident({ alarm: 'a' }), { alarm: 'a' }],
    ['GET /v1/incidents', (api) => api.incidents(), undefined],
    [
      'GET /v1/incidents?before=i&limit=5',
      (api) => api.incidents({ before: 'i', limit: 5 }),
      undefined,
    ],
    ['GET /v1/incidents/a%2Fb', (api) => api.incident('a/b'), undefined],
    ['PATCH /v1/incidents/i', (api) => api.updateIncident('i', { note: 'n' }), { note: 'n' }],
    [
      'PUT /v1/incidents/i/grants/rotterdam',
      (api) => api.share('i', 'rotterdam', { cameras: ['c'], rights: ['view'] }),
      { cameras: ['c'], rights: ['view'] },
    ],
    ['DELETE /v1/incidents/i/grants/rotterdam', (api) => api.withdraw('i', 'rotterdam'), undefined],
    [
      'PUT /v1/incidents/i/screen',
      (api) => api.setScreen('i', { tiles: [{ camera: 'c' }], focus: null }),
      { tiles: [{ camera: 'c' }], focus: null },
    ],
    [
      'POST /v1/incidents/i/close',
      (api) => api.close('i', { outcome: 'resolved', note: '' }),
      { outcome: 'resolved', note: '' },
    ],
    ['GET /v1/requests?state=pending', (api) => api.requests('pending'), undefined],
    ['POST /v1/requests/r/accept', (api) => api.accept('r'), {}],
    ['POST /v1/requests/r/decline', (api) => api.decline('r', 'no'), { reason: 'no' }],
  ])('%s', async (route, call, body) => {
    answer = ok;
    await expect(call(new GatewayApi({ baseUrl }))).resolves.toEqual({ id: 'x' });
    expect(`${seen?.method} ${seen?.url}`).toBe(route);
    expect(seen?.body).toEqual(body);
  });

  it('sends a token as a header', async () => {
    answer = ok;
    await new GatewayApi({ baseUrl, token: 'tok' }).session();
    expect(seen?.authorization).toBe('Bearer tok');
  });

  it('takes an empty answer for nothing', async () => {
    answer = (response) => response.writeHead(204).end();
    await expect(new GatewayApi({ baseUrl }).logout()).resolves.toBeUndefined();
  });

  it('turns a problem into an error with its code', async () => {
    answer = (response) =>
      response
        .writeHead(409, { 'content-type': 'application/problem+json' })
        .end('{"code":"incident-closed","title":"Conflict","detail":"the incident is closed"}');
    const failure = new GatewayApi({ baseUrl }).incidents();
    await expect(failure).rejects.toBeInstanceOf(ApiError);
    await expect(failure).rejects.toMatchObject({
      status: 409,
      code: 'incident-closed',
      message: 'the incident is closed',
    });
  });

  it.each([
    ['<html>', 'http-502'],
    ['null', 'http-502'],
    ['{"code":7}', 'http-502'],
  ])('makes do with a problem that is none: %s', async (text, code) => {
    answer = (response) => response.writeHead(502).end(text);
    await expect(new GatewayApi({ baseUrl }).incidents()).rejects.toMatchObject({ code });
  });

  it('names an answer that is not JSON, a deadline that passed and a gateway that is not there', async () => {
    answer = (response) => response.end('<html>');
    await expect(new GatewayApi({ baseUrl }).incidents()).rejects.toMatchObject({
      code: 'bad-answer',
    });
    answer = () => undefined;
    await expect(new GatewayApi({ baseUrl, timeoutMs: 50 }).incidents()).rejects.toMatchObject({
      code: 'timeout',
    });
    await expect(
      new GatewayApi({ baseUrl: 'http://127.0.0.1:1' }).incidents(),
    ).rejects.toMatchObject({ code: 'unreachable' });
  });
});
