import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/core/clock.ts';
import { until } from '../support/until.ts';
import { Harness, OPERATOR } from './harness.ts';
import { init, picture } from './scripted-media.ts';

/** What the police side must not see, each as a way to an incident that does not show the camera. */
const CLOSED_GATES: [string, (harness: Harness) => { incident: string; camera?: string }][] = [
  ['an incident that does not exist', () => ({ incident: 'inc_nothing' })],
  [
    'an incident that was never shared',
    ({ liveview }) => ({
      incident: liveview.openIncident(OPERATOR, {
        ...{ type: 'robbery', site: 'jeweller', summary: '', cameras: ['shop-1'] },
      }).id,
    }),
  ],
  [
    'a closed incident',
    (harness) => {
      const incident = harness.shared();
      harness.liveview.close(OPERATOR, incident, { outcome: 'resolved', note: '' });
      return { incident };
    },
  ],
  [
    'a grant that was withdrawn',
    (harness) => {
      const incident = harness.shared();
      harness.liveview.withdraw(OPERATOR, incident, 'rotterdam');
      return { incident };
    },
  ],
  [
    'a grant of another control room',
    (harness) => {
      const incident = harness.shared();
      const terms = { cameras: ['shop-1'], rights: ['view' as const] };
      harness.liveview.grant(OPERATOR, incident, 'den-haag', terms);
      harness.liveview.withdraw(OPERATOR, incident, 'rotterdam');
      return { incident };
    },
  ],
  [
    'a camera of the site that is not shared',
    (harness) => ({ incident: harness.shared(), camera: 'shop-2' }),
  ],
  ['a camera of another site', (harness) => ({ incident: harness.shared(), camera: 'square-1' })],
  [
    'a camera that does not exist',
    (harness) => ({ incident: harness.shared(), camera: 'nothing' }),
  ],
  [
    'a camera that was taken out of the share',
    (harness) => {
      const incident = harness.shared(['shop-1', 'shop-2']);
      const terms = { cameras: ['shop-2'], rights: ['view' as const] };
      harness.liveview.grant(OPERATOR, incident, 'rotterdam', terms);
      return { incident };
    },
  ],
];

const ROUTES = ['live.mp4', 'live.ws', 'snapshot.jpg'] as const;

describe('the gate', () => {
  let harness: Harness;
  let token: string;
  let snapshots = 0;
  beforeAll(async () => {
    const snapshot = async () => {
      snapshots += 1;
      return Buffer.from('jpeg');
    };
    harness = await new Harness({ deps: { snapshot } }).start();
    token = harness.token('dispatcher', 'rotterdam');
  });
  afterAll(() => harness.stop());

  const opened = () => harness.media.readers.length + snapshots;
  const viewings = () =>
    [...harness.deps.journal.read()].filter(({ kind }) => kind.startsWith('viewing.')).length;

  describe.each(CLOSED_GATES)('%s', (_name, prepare) => {
    let path: string;
    let incident: string;
    let camera: string;
    let before: number[];

    beforeAll(() => {
      ({ incident, camera = 'shop-1' } = prepare(harness));
      path = `/v1/incidents/${incident}/cameras/${camera}`;
      before = [opened(), viewings()];
    });

    it.each(ROUTES.filter((route) => route !== 'live.ws'))('%s answers 404', async (route) => {
      for (const method of ['GET', 'HEAD']) {
        const response = await harness.fetch('police', `${path}/${route}`, { token, method });
        expect(response.status).toBe(404);
        if (method === 'GET') expect(await response.json()).toMatchObject({ code: 'not-shared' });
      }
      expect([opened(), viewings()]).toEqual(before);
    });

    it('live.ws answers 404', async () => {
      const socket = harness.connect('police', `${path}/live.ws`, { token, protocols: [] });
      await until('refused', () => socket.refused);
      expect(socket.refused).toBe(404);
      expect([opened(), viewings()]).toEqual(before);
    });

    it('the live socket answers with an error', async () => {
      const socket = await harness.live('police', 'dispatcher', 'rotterdam');
      socket.send({ type: 'watch', channel: 1, camera, incident });
      const { ref, code } = await socket.next('error');
      expect({ ref, code }).toEqual({ ref: 1, code: 'not-shared' });
      socket.send({ type: 'watch', channel: 2, camera });
      await socket.next('error', (error) => error.ref === 2);
      await socket.settled();
      expect(socket.mediaBytes).toBe(0);
      expect([opened(), viewings()]).toEqual(before);
    });
  });

  it('knows no way around by the routes of the centre', async () => {
    harness.shared();
    for (const route of [...ROUTES, '']) {
      const path = `/v1/cameras/shop-1/${route}`;
      const response = await harness.fetch('police', path, { token });
      expect(response.status).toBe(404);
    }
    const socket = harness.connect('police', '/v1/cameras/shop-1/live.ws', { token });
    await until('refused', () => socket.refused === 404);
  });

  it('answers the same about what does not exist and what is not shared', async () => {
    const real = harness.shared(['shop-2']);
    const ask = async (incident: string, camera: string) => {
      const path = `/v1/incidents/${incident}/cameras/${camera}/live.mp4`;
      return (await harness.fetch('police', path, { token })).text();
    };
    const texts = await Promise.all([
      ask(real, 'shop-1'),
      ask(real, 'nothing'),
      ask('inc_nothing', 'shop-1'),
    ]);
    expect(new Set(texts).size).toBe(1);
  });

  it('lets a camera through that is shared, on every route, and records each viewing first', async () => {
    const incident = harness.shared();
    const path = `/v1/incidents/${incident}/cameras/shop-1`;
    const seenAtOpening: number[] = [];
    const before = viewings();
    harness.media.onOpen = (reader) => {
      seenAtOpening.push(viewings() - before);
      queueMicrotask(() => {
        reader.push(init());
        reader.push(picture());
      });
    };
    const jpeg = await harness.fetch('police', `${path}/snapshot.jpg`, { token });
    expect(await jpeg.text()).toBe('jpeg');
    expect(viewings() - before).toBe(2);
    const mp4 = await harness.fetch('police', `${path}/live.mp4`, { token });
    expect(mp4.status).toBe(200);
    await mp4.body?.cancel();
    const plain = harness.connect('police', `${path}/live.ws`, { token, protocols: [] });
    await plain.next('binary');
    const live = await harness.live('police', 'dispatcher', 'rotterdam');
    live.send({ type: 'watch', channel: 0, camera: 'shop-1', incident });
    await live.next('binary');
    expect(seenAtOpening[0]).toBe(3);
    expect(seenAtOpening).toHaveLength(3);
    harness.media.onOpen = () => undefined;
  });
});

describe('when a share ends', () => {
  const ENDINGS: [string, string, (harness: Harness, incident: string) => void][] = [
    [
      'the incident is closed',
      'incident-closed',
      ({ liveview }, incident) =>
        void liveview.close(OPERATOR, incident, { outcome: 'resolved', note: '' }),
    ],
    [
      'the grant is withdrawn',
      'grant-withdrawn',
      ({ liveview }, incident) => void liveview.withdraw(OPERATOR, incident, 'rotterdam'),
    ],
    [
      'the camera is taken out',
      'grant-withdrawn',
      ({ liveview }, incident) =>
        void liveview.grant(OPERATOR, incident, 'rotterdam', {
          ...{ cameras: ['shop-2'], rights: ['view'] },
        }),
    ],
  ];
  let harness: Harness;
  let token: string;
  beforeAll(async () => {
    harness = await new Harness().start();
    token = harness.token('dispatcher', 'rotterdam');
  });
  afterAll(() => harness.stop());

  it.each(ENDINGS)('because %s, nothing follows `ended`', async (_name, code, end) => {
    const incident = harness.shared();
    const socket = await harness.live('police', 'dispatcher', 'rotterdam');
    socket.send({ type: 'watch', channel: 9, camera: 'shop-1', incident });
    await socket.settled();
    const reader = harness.media.last;
    reader.push(init());
    for (let i = 0; i < 50; i += 1) reader.push(picture(Buffer.alloc(20_000), i === 0));
    end(harness, incident);
    for (let i = 0; i < 50; i += 1) reader.push(picture(Buffer.alloc(20_000)));
    await socket.next('ended', (ended) => ended.code === code && ended.channel === 9);
    await socket.settled();
    const types = socket.received.map(({ type }) => type);
    expect(types.lastIndexOf('binary')).toBeLessThan(types.indexOf('ended'));
    expect(reader.closed).toBe(true);
  });

  it.each(ENDINGS)('because %s, live.mp4 and live.ws are cut', async (_name, _code, end) => {
    const incident = harness.shared();
    const path = `/v1/incidents/${incident}/cameras/shop-1`;
    const socket = harness.connect('police', `${path}/live.ws`, { token, protocols: [] });
    await socket.opened();
    await until('watched', () => harness.media.last.permit.ended === undefined);
    harness.media.last.push(init());
    const asked = harness.fetch('police', `${path}/live.mp4`, { token });
    const count = harness.media.readers.length;
    await until('asked', () => harness.media.readers.length > count);
    harness.media.last.push(init());
    const body = (await asked).body?.getReader();
    await body?.read();
    end(harness, incident);
    await expect(
      (async () => {
        while (!(await body?.read())?.done);
      })(),
    ).rejects.toThrow();
    await until('cut', () => socket.closed);
    expect(socket.closed?.code).toBe(1006);
    expect(harness.media.readers.slice(-2).every((reader) => reader.closed)).toBe(true);
  });

  it('because its time has run out, nothing more is sent, whether or not anybody noticed', async () => {
    let aheadUs = 0;
    const clock = { ...systemClock, unixUs: () => systemClock.unixUs() + aheadUs };
    const later = await new Harness({ clock }).start();
    const incident = later.shared();
    const socket = await later.live('police', 'dispatcher', 'rotterdam');
    socket.send({ type: 'watch', channel: 9, camera: 'shop-1', incident });
    await socket.settled();
    later.media.last.push(init());
    await socket.next('binary');
    aheadUs = 61 * 60_000_000;
    later.media.last.push(picture());
    await socket.next('ended', ({ code }) => code === 'grant-expired');
    await socket.settled();
    expect(socket.of('binary')).toHaveLength(1);
    socket.send({ type: 'watch', channel: 10, camera: 'shop-1', incident });
    await socket.next('error', ({ ref, code }) => ref === 10 && code === 'not-shared');
    const path = `/v1/incidents/${incident}/cameras/shop-1/live.mp4`;
    const room = later.token('dispatcher', 'rotterdam');
    expect((await later.fetch('police', path, { token: room })).status).toBe(404);
    await later.stop();
  });

  it('the journal says who watched, how much, and why it ended', async () => {
    const incident = harness.shared();
    const socket = await harness.live('police', 'dispatcher', 'rotterdam');
    socket.send({ type: 'watch', channel: 9, camera: 'shop-1', incident });
    await socket.settled();
    harness.media.last.push(init());
    harness.media.last.push(picture(Buffer.alloc(1_000)), 4);
    harness.liveview.close(OPERATOR, incident, { outcome: 'resolved', note: '' });
    const entries = await until('recorded', () => {
      const all = [...harness.deps.journal.read({ incident })];
      return all.at(-1)?.kind === 'viewing.ended' ? all : undefined;
    });
    expect(entries.map(({ kind }) => kind).slice(-3)).toEqual([
      'viewing.started',
      'incident.closed',
      'viewing.ended',
    ]);
    expect(entries.at(-1)).toMatchObject({
      actor: { user: 'dispatcher-rotterdam', controlRoom: 'rotterdam', address: '127.0.0.1' },
      data: { camera: 'shop-1', bytes: 1_008, pictures: 1, dropped: 4, reason: 'incident-closed' },
    });
  });
});
