import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import {
  type ConnectionOptions,
  connect,
  createServer,
  type Server,
  type TLSSocket,
} from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TlsFiles } from '../../../src/core/tls/files.ts';
import { Peers } from '../../../src/core/tls/peers.ts';
import type { TlsFileNames } from '../../../src/core/tls/tls-bytes.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { type IssuedCertificate, PrivateCa } from '../../support/private-ca.ts';
import { until } from '../../support/until.ts';
import { Complaints, Folder } from './support.ts';

const DAY_MS = 24 * 3_600_000;

let ca: PrivateCa;
let below: PrivateCa;
let other: PrivateCa;
let own: IssuedCertificate;
beforeAll(() => {
  ca = new PrivateCa('Root');
  below = new PrivateCa('Below', ca);
  other = new PrivateCa('Other');
  own = ca.issue('gateway');
});
afterAll(() => {
  for (const each of [ca, below, other]) each.remove();
});

let folder: Folder;
let clock: ManualClock;
let files: TlsFiles;
let peers: Peers;
let server: Server;
let served: TLSSocket[];
let clients: TLSSocket[];
let names: Map<string, string>;

beforeEach(() => {
  folder = new Folder();
  clock = new ManualClock(Date.now() * 1000);
  served = [];
  clients = [];
  names = new Map();
  folder.write('tls.crt', own.cert);
  folder.write('tls.key', own.key);
  folder.write('clients.crt', ca.cert);
});
afterEach(async () => {
  for (const each of [...clients, ...served]) each.destroy();
  peers.stop();
  const closed = once(server, 'close');
  server.close();
  await closed;
});

const at = (name: string) => `${folder.path}/${name}`;

/** Says `hello` to whoever it lets in, and hears nothing. */
async function serve(more: Partial<TlsFileNames> = {}): Promise<void> {
  const clientCert = 'required' as const;
  const shown = { cert: at('tls.crt'), key: at('tls.key'), clientCa: at('clients.crt') };
  const log = new Complaints();
  files = new TlsFiles({
    ...{ listener: 'police', files: { ...shown, clientCert, ...more }, clock, log },
  });
  peers = new Peers({
    ...{ clock, source: files },
    judge: ({ fingerprint256 }) => ({ standsFor: names.get(fingerprint256) }),
  });
  server = createServer(files.material.options, (socket) => {
    if (socket.destroyed) return;
    served.push(socket);
    socket.on('error', () => undefined);
    socket.write('hello');
  });
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  peers.attach(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

interface Client {
  readonly socket: TLSSocket;
  readonly state: { heard: string; isClosed: boolean; session: Buffer | undefined };
  /** `in`, or `out` when the server ended it before it said anything. */
  readonly outcome: Promise<'in' | 'out'>;
}

function client(with_?: IssuedCertificate, more: ConnectionOptions = {}): Client {
  const { port } = server.address() as AddressInfo;
  const shown = with_ ? { cert: with_.cert, key: with_.key } : {};
  const socket = connect({ host: '127.0.0.1', port, ca: ca.cert, ...shown, ...more });
  const state: Client['state'] = { heard: '', isClosed: false, session: undefined };
  clients.push(socket);
  socket.on('session', (session) => {
    state.session = session;
  });
  socket.on('data', (bytes) => {
    state.heard += String(bytes);
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    state.isClosed = true;
  });
  const outcome = until('it is let in or not', () => {
    if (state.heard !== '') return 'in' as const;
    return state.isClosed ? ('out' as const) : undefined;
  });
  return { socket, state, outcome };
}

async function connected(with_?: IssuedCertificate): Promise<Client> {
  const made = client(with_);
  expect(await made.outcome).toBe('in');
  return made;
}

/** A revocation list of the root that is looked at; what it had on it before stays. */
function list(...revoked: readonly Pick<IssuedCertificate, 'certFile'>[]): string {
  for (const each of revoked) ca.revoke(each);
  return folder.write('list.pem', ca.list());
}

const isClosed = ({ state }: Client) => state.isClosed;

describe('a certificate that was renewed', () => {
  it('is shown to new connections, and cuts none of before', async () => {
    await serve({ clientCert: 'off' });
    const old = await connected();
    const renewed = ca.issue('renewed');
    folder.write('tls.crt', renewed.cert);
    folder.write('tls.key', renewed.key);
    files.look();
    const fresh = await connected();
    const subjects = [old, fresh].map(({ socket }) => socket.getPeerCertificate().subject.CN);
    expect(subjects).toEqual(['gateway', 'renewed']);
    served[0]?.write(' and more');
    await until('the old one goes on', () => old.state.heard === 'hello and more');
  });

  it('leaves those who showed one of their own alone', async () => {
    await serve();
    const old = await connected(ca.issue('client'));
    const renewed = ca.issue('renewed');
    folder.write('tls.crt', renewed.cert);
    folder.write('tls.key', renewed.key);
    files.look();
    served[0]?.write(' and more');
    await until('the old one goes on', () => old.state.heard === 'hello and more');
  });
});

describe('a client certificate', () => {
  const expired = { from: new Date(Date.now() - 9 * DAY_MS), until: new Date(Date.now() - DAY_MS) };
  type Shown = [what: string, of: () => IssuedCertificate | undefined, r: string, o: string];
  const SHOWN: Shown[] = [
    ['of the authority', () => ca.issue('client'), 'in', 'in'],
    ['of an authority below it', () => below.issue('client'), 'in', 'in'],
    ['that is not shown', () => undefined, 'out', 'in'],
    ['of another authority', () => other.issue('client'), 'out', 'out'],
    ['that has expired', () => ca.issue('client', expired), 'out', 'out'],
    [
      'that does not hold yet',
      () => ca.issue('client', { from: new Date(Date.now() + DAY_MS) }),
      'out',
      'out',
    ],
  ];
  it.each(SHOWN)('%s', async (_what, of, required, optional) => {
    await serve();
    expect(await client(of()).outcome).toBe(required);
    peers.stop();
    server.close();
    await serve({ clientCert: 'optional' });
    expect(await client(of()).outcome).toBe(optional);
  });

  it.each(['required', 'optional'] as const)(
    'on the list is refused where one is %s',
    async (clientCert) => {
      const [gone, kept] = [ca.issue('gone'), ca.issue('kept')];
      await serve({ clientCert, clientCrl: [list(gone)] });
      expect(await client(gone).outcome).toBe('out');
      expect(await client(kept).outcome).toBe('in');
    },
  );

  it('of an authority that is itself on the list is refused', async () => {
    const gone = new PrivateCa('Gone', ca);
    const lists = () => [list(gone), folder.write('gone.pem', gone.list())];
    folder.write('clients.crt', ca.cert + gone.cert);
    const before = [folder.write('list.pem', ca.list()), folder.write('gone.pem', gone.list())];
    await serve({ clientCrl: before });
    const held = gone.issue('client');
    const open = await connected(held);
    lists();
    files.look();
    await until('it is cut', () => isClosed(open));
    expect(await client(held).outcome).toBe('out');
    gone.remove();
  });

  it('is refused, whoever it is of, when the list has expired', async () => {
    const clientCrl = [
      folder.write(
        'list.pem',
        ca.list(new Date(Date.now() - 9 * DAY_MS), new Date(Date.now() - DAY_MS)),
      ),
    ];
    await serve({ clientCrl });
    const held = ca.issue('client');
    expect(await client(held).outcome).toBe('out');
    list();
    files.look();
    expect(await client(held).outcome).toBe('in');
  });

  it('is shown anew on each connection: none is resumed', async () => {
    const held = ca.issue('client');
    await serve();
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const first = client(held, { maxVersion });
      expect(await first.outcome).toBe('in');
      const { session } = first.state;
      const again = client(undefined, { maxVersion, ...(session ? { session } : {}) });
      expect(await again.outcome).toBe('out');
    }
  });
});

describe('an open connection is cut', () => {
  it('when its certificate comes on the list, and no other is', async () => {
    const [gone, kept] = [ca.issue('gone'), below.issue('kept')];
    folder.write('clients.crt', ca.cert + below.cert);
    await serve({ clientCrl: [list(), folder.write('below.pem', below.list())] });
    const [cut, stays] = [await connected(gone), await connected(kept)];
    const peer = served[0] && peers.of(served[0]);
    let ended = 0;
    peer?.onEnd(() => {
      ended += 1;
    });
    files.look();
    expect([ended, peer?.isOver]).toEqual([0, false]);
    list(gone);
    files.look();
    expect([ended, peer?.isOver]).toEqual([1, true]);
    await until('it is cut', () => isClosed(cut));
    served[1]?.write(' and more');
    await until('the other goes on', () => stays.state.heard === 'hello and more');
    expect(await client(gone).outcome).toBe('out');
  });

  it('when its authority is taken away, and not when one is added', async () => {
    await serve();
    const open = await connected(ca.issue('client'));
    folder.write('clients.crt', other.cert + ca.cert);
    files.look();
    expect(await client(other.issue('client')).outcome).toBe('in');
    served[0]?.write(' and more');
    await until('it goes on', () => open.state.heard === 'hello and more');
    folder.write('clients.crt', other.cert);
    files.look();
    await until('it is cut', () => isClosed(open));
  });

  it('when its certificate expires', async () => {
    await serve();
    const open = await connected(ca.issue('client', { until: new Date(Date.now() + DAY_MS) }));
    files.look();
    clock.stepWall(DAY_MS * 1000);
    files.look();
    await until('it is cut', () => isClosed(open));
  });

  it('when its certificate stands for another, or for nobody any more', async () => {
    const held = ca.issue('client');
    await serve();
    const before = await connected(held);
    const fingerprint = before.socket.getX509Certificate()?.fingerprint256 ?? '';
    names.set(fingerprint, 'rotterdam');
    peers.judgeAgain();
    await until('it is cut', () => isClosed(before));
    const named = await connected(held);
    expect(served[1] && peers.of(served[1])).toMatchObject({ fingerprint, standsFor: 'rotterdam' });
    peers.judgeAgain();
    served[1]?.write(' and more');
    await until('it goes on', () => named.state.heard === 'hello and more');
    names.clear();
    peers.judgeAgain();
    await until('it is cut', () => isClosed(named));
  });

  it('also when its other end reads nothing', async () => {
    const held = ca.issue('client');
    await serve({ clientCrl: [list()] });
    const mute = await connected(held);
    mute.socket.pause();
    const [socket] = served;
    const full = Buffer.alloc(1024 * 1024);
    await until('it is full', () => socket?.write(full) === false && socket.writableLength > 4e6);
    list(held);
    files.look();
    clock.advance(1_000);
    await until('it is cut', () => socket?.destroyed);
  });

  it('not by the end of whoever looks after it', async () => {
    await serve();
    const open = await connected(ca.issue('client'));
    peers.stop();
    folder.write('clients.crt', other.cert);
    files.look();
    served[0]?.write(' and more');
    await until('it goes on', () => open.state.heard === 'hello and more');
  });
});
