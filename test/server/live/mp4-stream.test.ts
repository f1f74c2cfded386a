import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../support/manual-clock.ts';
import { until } from '../../support/until.ts';
import { Harness } from '../harness.ts';
import { init, picture } from '../scripted-media.ts';

const PATH = '/v1/cameras/shop-1/live.mp4';

describe('live.mp4', () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await new Harness().start();
  });
  afterEach(() => harness.stop());

  const ask = async (init: RequestInit = {}) => {
    const count = harness.media.readers.length;
    const token = harness.token('operator');
    const response = harness.fetch('centre', PATH, { token, ...init });
    await until('opened', () => harness.media.readers.length > count);
    return { response, reader: harness.media.last };
  };

  it('is the init segment and then every fragment, to the end of the generation', async () => {
    const { response, reader } = await ask({ headers: { accept: 'text/html' } });
    reader.push(init(1, Buffer.from('[init]')));
    const { status, headers, body } = await response;
    expect([status, headers.get('content-type')]).toEqual([200, 'video/mp4']);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    reader.push(picture(Buffer.from('[1]'), true));
    reader.push(picture(Buffer.from('[2]')));
    reader.push(picture(Buffer.from('[9]'), true), 6);
    reader.push(init(2, Buffer.from('[other]')));
    expect(await new Response(body).text()).toBe('[init][1][2][9]');
    expect(reader.closed).toBe(true);
    const last = await until('recorded', () =>
      [...harness.deps.journal.read()].find(({ kind }) => kind === 'viewing.ended'),
    );
    expect(last.data).toMatchObject({ pictures: 3, dropped: 6, reason: 'new-generation' });
  });

  it('opens nothing for HEAD', async () => {
    const token = harness.token('operator');
    const response = await harness.fetch('centre', PATH, { token, method: 'HEAD' });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'video/mp4']);
    const unknown = '/v1/cameras/nothing/live.mp4';
    expect((await harness.fetch('centre', unknown, { token, method: 'HEAD' })).status).toBe(404);
    expect(harness.media.readers).toEqual([]);
    expect(harness.deps.journal.head().seq).toBe(0);
  });

  it('pulls no more than the connection takes', async () => {
    const { response, reader } = await ask();
    reader.push(init());
    const body = (await response).body?.getReader();
    for (let i = 0; i < 400; i += 1) reader.push(picture(Buffer.alloc(100 * 1024, i)));
    await until('held', () => reader.waiting > 100);
    let bytes = 0;
    while (bytes < 400 * 100 * 1024) bytes += (await body?.read())?.value?.length ?? 0;
    expect(reader.waiting).toBe(0);
    await body?.cancel();
    await until('closed', () => reader.closed);
  });

  it('is over when the viewer has gone before the first picture', async () => {
    const abort = new AbortController();
    const { response, reader } = await ask({ signal: abort.signal });
    abort.abort();
    await expect(response).rejects.toThrow();
    await until('closed', () => reader.closed);
  });

  it('says so when the media ends before the first picture', async () => {
    const { response, reader } = await ask();
    reader.listener.ended({ code: 'camera-unreachable', reason: 'no route to host' });
    expect((await response).status).toBe(503);
    expect(await (await response).json()).toMatchObject({ code: 'camera-unreachable' });
  });

  it('is cut when the caller logs out', async () => {
    await harness.addUser('olga', 'operator');
    const cookie = await harness.logIn('centre', 'olga');
    const response = harness.fetch('centre', PATH, { headers: { cookie } });
    await until('opened', () => harness.media.readers.length > 0);
    harness.media.last.push(init());
    const { body } = await response;
    await harness.fetch('centre', '/v1/session', { method: 'DELETE', headers: { cookie } });
    await expect(new Response(body).text()).rejects.toThrow();
  });
});

describe('live.mp4 of a camera that shows nothing', () => {
  it('answers 504 after a while', async () => {
    const clock = new ManualClock();
    const harness = await new Harness({ clock }).start();
    const token = harness.token('operator');
    const response = harness.fetch('centre', PATH, { token });
    await until('opened', () => harness.media.readers.length > 0);
    await clock.advanceAsync(15_000);
    expect((await response).status).toBe(504);
    expect(harness.media.last.closed).toBe(true);
    await harness.stopAt(clock);
  });
});
