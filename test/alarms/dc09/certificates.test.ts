import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Dc09Receiver } from '../../../src/alarms/dc09/receiver.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/log.ts';
import { TlsFiles } from '../../../src/core/tls/files.ts';
import { VirtualPanel } from '../../../src/simulator/panel/panel.ts';
import { type IssuedCertificate, PrivateCa } from '../../support/private-ca.ts';
import { until } from '../../support/until.ts';
import { panel } from './support.ts';

let ca: PrivateCa;
let own: IssuedCertificate;
let list: string;
let source: TlsFiles;
let receiving: Dc09Receiver;
const open: TLSSocket[] = [];

beforeAll(async () => {
  ca = new PrivateCa('Panels');
  own = ca.issue('before');
  list = join(ca.folder, 'list.pem');
  writeFileSync(list, ca.list());
  const { certFile: cert, keyFile: key } = own;
  const asked = { clientCa: ca.certFile, clientCrl: [list], clientCert: 'required' } as const;
  const log = silentLogger;
  const files = { cert, key, ...asked };
  source = new TlsFiles({ listener: 'alarms.dc09', files, clock: systemClock, log });
  receiving = new Dc09Receiver({
    ...{ clock: systemClock, log, accounts: new Map([['1409', panel('1409')]]) },
    ...{ onReports: () => undefined, silent: () => new Set() },
    tls: { host: '127.0.0.1', port: 0, source },
  });
  await receiving.start();
});
afterAll(async () => {
  for (const socket of open) socket.destroy();
  await receiving.stop();
  ca.remove();
});

const trust = ({ cert, key }: IssuedCertificate) => ({ cert, key, ca: ca.cert });

async function connected(shown: IssuedCertificate): Promise<TLSSocket> {
  const at = { host: '127.0.0.1', port: receiving.ports.tls ?? 0 };
  const socket = connect({ ...at, ...trust(shown) });
  open.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  return socket;
}

/** @param replyMs how long the panel waits for a reply, before it tries again. */
async function acknowledged(shown: IssuedCertificate, replyMs?: number): Promise<boolean> {
  const sending = new VirtualPanel({
    ...{ clock: systemClock, log: silentLogger, account: '1409', transport: 'tls' },
    ...{ host: '127.0.0.1', port: receiving.ports.tls ?? 0, ...trust(shown) },
    ...(replyMs === undefined ? {} : { replyMs }),
  });
  try {
    return (await sending.report({ name: 'fire' })).reply.kind === 'ACK';
  } finally {
    await sending.stop();
  }
}

it('a renewed certificate is shown, and a panel whose own was revoked is cut, without a restart', async () => {
  const [gone, kept] = [ca.issue('panel 1'), ca.issue('panel 2')];
  expect([await acknowledged(gone), await acknowledged(kept)]).toEqual([true, true]);
  const [cut, stays] = [await connected(gone), await connected(kept)];
  const renewed = ca.issue('after');
  writeFileSync(own.certFile, renewed.cert);
  writeFileSync(own.keyFile, renewed.key);
  ca.revoke(gone);
  writeFileSync(list, ca.list());
  source.look();
  await until('it is cut', () => cut.destroyed);
  expect((await connected(kept)).getPeerCertificate().subject.CN).toBe('after');
  expect(await acknowledged(kept)).toBe(true);
  await expect(acknowledged(gone, 200)).rejects.toThrow();
  expect(stays.destroyed).toBe(false);
});
