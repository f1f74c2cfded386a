import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import type { FlowAbout } from '../../../src/egress/record.ts';
import type { Right, Tile } from '../../../src/liveview/model.ts';
import { Outlets } from '../../../src/server/egress/outlets.ts';
import { madeOf } from '../../support/made-pictures.ts';
import { until } from '../../support/until.ts';
import { Harness, OPERATOR } from '../harness.ts';
import { init, picture } from '../scripted-media.ts';
import { CountedEgress } from './counted.ts';

const egress = new CountedEgress();
let harness: Harness;

beforeAll(async () => {
  const snapshot = async () => Buffer.from('a camera as it is now');
  harness = await new Harness({ deps: { snapshot, egress } }).start();
});
afterEach(() => {
  egress.flows.length = 0;
});
afterAll(() => harness.stop());

const AT_POLICE: Pick<FlowAbout, 'side' | 'user' | 'controlRoom' | 'address'> = {
  ...{ side: 'police', user: 'dispatcher-rotterdam', controlRoom: 'rotterdam' },
  address: '127.0.0.1',
};

const dispatcher = () => harness.token('dispatcher', 'rotterdam');

async function counted(about: Partial<FlowAbout>, bytes: number): Promise<void> {
  const of = () => egress.flows.filter((flow) => flow.bytes > 0);
  await until('it is over', () => of().length > 0 && of().every(({ ended }) => ended));
  expect(of()).toEqual([{ about: expect.objectContaining(about), bytes, ended: true }]);
}

function viewing(): { id: string; bytes: number } {
  const all = [...harness.deps.journal.read()];
  const { viewing: id, bytes } = all.findLast(({ kind }) => kind === 'viewing.ended')?.data ?? {};
  return { id: String(id), bytes: Number(bytes) };
}

describe('what leaves is counted at the socket as the journal has it:', () => {
  it('the live socket, by channel', async () => {
    const incident = harness.shared();
    const socket = await harness.live('police', 'dispatcher', 'rotterdam');
    socket.send({ type: 'watch', channel: 258, camera: 'shop-1', incident, quality: 'main' });
    await until('watched', () => harness.media.readers.length > 0);
    harness.media.last.push(init(1, Buffer.alloc(30)));
    harness.media.last.push(picture(Buffer.alloc(70_000), true));
    await until('received', () => socket.of('binary').length === 2);
    harness.liveview.withdraw(OPERATOR, incident, 'rotterdam');
    await socket.next('ended');
    await until('recorded', () => viewing().bytes === 70_030);
    const about = { ...AT_POLICE, via: 'live', incident, camera: 'shop-1' } as const;
    await counted({ ...about, viewing: viewing().id }, 70_030);
    socket.ws.terminate();
  });

  it('live.ws', async () => {
    const incident = harness.shared();
    const path = `/v1/incidents/${incident}/cameras/shop-1/live.ws`;
    const before = harness.media.readers.length;
    const socket = harness.connect('police', path, { token: dispatcher(), protocols: [] });
    await until('watched', () => harness.media.readers.length > before);
    harness.media.last.push(init(1, Buffer.alloc(30)));
    harness.media.last.push(picture(Buffer.alloc(200), true));
    await until('received', () => socket.mediaBytes === 230);
    socket.ws.close();
    await until('recorded', () => viewing().bytes === 230);
    const about = { ...AT_POLICE, via: 'live.ws', incident, camera: 'shop-1' } as const;
    await counted({ ...about, viewing: viewing().id }, 230);
  });

  it('live.mp4, without the init segment that it reads and does not send', async () => {
    const incident = harness.shared();
    const path = `/v1/incidents/${incident}/cameras/shop-1/live.mp4`;
    const before = harness.media.readers.length;
    const response = harness.fetch('police', path, { token: dispatcher() });
    await until('watched', () => harness.media.readers.length > before);
    harness.media.last.push(init(1, Buffer.alloc(30)));
    harness.media.last.push(picture(Buffer.alloc(200), true));
    harness.media.last.push(init(2, Buffer.alloc(31)));
    expect((await (await response).arrayBuffer()).byteLength).toBe(230);
    await until('recorded', () => viewing().bytes === 230);
    const about = { ...AT_POLICE, via: 'live.mp4', incident, camera: 'shop-1' } as const;
    await counted({ ...about, viewing: viewing().id }, 230);
  });

  it('a live.mp4 that ends before its answer, of which nothing leaves', async () => {
    const incident = harness.shared();
    const path = `/v1/incidents/${incident}/cameras/shop-1/live.mp4`;
    harness.media.onOpen = (reader) => {
      harness.media.onOpen = () => undefined;
      queueMicrotask(() => {
        reader.push(init(1, Buffer.alloc(30)));
        harness.liveview.withdraw(OPERATOR, incident, 'rotterdam');
      });
    };
    const { status } = await harness.fetch('police', path, { token: dispatcher() });
    expect(status).toBe(404);
    await until('recorded', () => viewing().bytes === 0);
    expect(egress.flows).toEqual([]);
  });

  it('a snapshot, before its viewing is over', async () => {
    const incident = harness.shared();
    const path = `/v1/incidents/${incident}/cameras/shop-1/snapshot.jpg`;
    const { length } = await (await harness.fetch('police', path, { token: dispatcher() })).text();
    await until('recorded', () => viewing().bytes === length);
    const about = { ...AT_POLICE, via: 'snapshot', incident, camera: 'shop-1' } as const;
    await counted({ ...about, viewing: viewing().id }, length);
  });

  it('a plan', async () => {
    const { pictures } = harness.liveview;
    const made = madeOf('plan');
    const { id } = await pictures.plans.add(OPERATOR, {
      ...{ site: 'jeweller', name: 'Winkel', picture: made },
    });
    const rights: Right[] = ['view', 'plan'];
    const incident = harness.shared(['shop-1'], rights);
    const tiles: Tile[] = [{ plan: id }];
    harness.liveview.setScreen(OPERATOR, incident, { tiles, focus: null });
    const path = `/v1/incidents/${incident}/plans/${id}`;
    const head = await harness.fetch('police', path, { token: dispatcher(), method: 'HEAD' });
    expect([head.status, egress.flows]).toEqual([200, []]);
    const response = await harness.fetch('police', path, { token: dispatcher() });
    const { byteLength } = await response.arrayBuffer();
    await counted({ ...AT_POLICE, via: 'picture', incident, plan: id }, byteLength);
  });

  it('and no answer that is no picture', async () => {
    const { status } = await harness.fetch('police', '/v1/incidents', { token: dispatcher() });
    expect([status, egress.flows]).toEqual([200, []]);
  });
});

describe('media of which nobody says anything is counted too', () => {
  const outlets = new Outlets(egress, 'police');

  async function served(answer: (response: ServerResponse) => void): Promise<void> {
    const server = createServer((request, response) => {
      outlets.answer(request, response);
      answer(response);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    await (await fetch(`http://127.0.0.1:${port}/v1/new?x=1`)).arrayBuffer();
    server.close();
  }

  it.each<[string, number, (response: ServerResponse) => void]>([
    [
      'in one piece, with its type as a header',
      5,
      (response) => response.setHeader('content-type', 'image/png').end('bytes'),
    ],
    [
      'in pieces, with its type in the head',
      9,
      (response) => {
        response.writeHead(200, 'OK', { 'Content-Type': 'video/mp4' });
        response.write(Buffer.from('some'));
        response.end(Buffer.from('bytes'));
      },
    ],
    [
      'without a type',
      9,
      (response) => {
        response.write('some');
        response.end('bytes');
      },
    ],
  ])('%s', async (_how, bytes, answer) => {
    await served(answer);
    const about = { side: 'police', via: 'http', address: '127.0.0.1', path: '/v1/new' } as const;
    await counted(about, bytes);
  });

  it('not what says that it is something else', async () => {
    await served((response) => response.setHeader('content-type', 'text/html').end('<p>'));
    await served((response) => response.setHeader('content-type', 'image/svg+xml').end('<svg>'));
    expect(egress.flows).toEqual([]);
  });

  it('a binary message on a channel that is not watched, any more', async () => {
    const server = createServer();
    const sockets = new WebSocketServer({ noServer: true });
    server.on('upgrade', (request, socket, head) =>
      sockets.handleUpgrade(request, socket, head, (ws) => {
        const outlet = outlets.socket(request, 'live', 4);
        outlet.begin(1, { viewing: 'view_1' });
        ws.send(Buffer.from([2, 0, 0, 1, 9, 9]));
        outlet.end(1);
        ws.send('{"type":"ended"}');
        ws.send(Buffer.from([2, 0, 0, 1, 9]));
        ws.close();
      }),
    );
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const client = new WebSocket(`ws://127.0.0.1:${port}/`);
    await once(client, 'close');
    await until('they are over', () => egress.flows.every(({ ended }) => ended));
    const common = { side: 'police', via: 'live', address: '127.0.0.1' };
    expect(egress.flows).toEqual([
      { about: { ...common, viewing: 'view_1' }, bytes: 2, ended: true },
      { about: { ...common, channel: 1 }, bytes: 1, ended: true },
    ]);
    server.close();
  });
});
