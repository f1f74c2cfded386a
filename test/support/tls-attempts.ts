import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type SecureVersion } from 'node:tls';
import { expect } from '@jest/globals';
import { RSA } from './certificates.ts';

const BY_SERVER = /^refused by the server: /;

type Attempt = readonly [version: SecureVersion, cipher: string];

/** With a certificate for RSA: what browsers and panels of the past speak. */
const WEAK: readonly Attempt[] = [
  ['TLSv1', 'AES256-SHA'],
  ['TLSv1', 'ECDHE-RSA-AES256-SHA'],
  ['TLSv1.1', 'ECDHE-RSA-AES128-SHA'],
  // No forward secrecy.
  ['TLSv1.2', 'AES256-SHA'],
  ['TLSv1.2', 'AES128-GCM-SHA256'],
  // No authenticated encryption.
  ['TLSv1.2', 'ECDHE-RSA-AES256-SHA'],
  ['TLSv1.2', 'ECDHE-RSA-AES128-SHA256'],
  ['TLSv1.2', 'ECDHE-RSA-AES256-SHA384'],
];

const SOUND: readonly Attempt[] = [
  ['TLSv1.2', 'ECDHE-RSA-AES128-GCM-SHA256'],
  ['TLSv1.2', 'ECDHE-RSA-AES256-GCM-SHA384'],
  ['TLSv1.2', 'ECDHE-RSA-CHACHA20-POLY1305'],
  ['TLSv1.3', 'TLS_AES_128_GCM_SHA256'],
  ['TLSv1.3', 'TLS_AES_256_GCM_SHA384'],
  ['TLSv1.3', 'TLS_CHACHA20_POLY1305_SHA256'],
];

/**
 * One handshake by a client that offers this and nothing else, at the lowest security level, so that
 * it is the server that refuses.
 *
 * @returns the version and cipher that were agreed, or `refused by the server: …` with the alert.
 */
function attempt(port: number, [version, cipher]: Attempt): Promise<string> {
  const socket = connect({
    ...{ host: '127.0.0.1', port, ca: RSA.cert },
    ...{
      minVersion: version,
      maxVersion: version,
      ciphers: version === 'TLSv1.3' ? cipher : `${cipher}:@SECLEVEL=0`,
    },
  });
  return new Promise((resolve) => {
    socket.once('secureConnect', () => {
      resolve(`${socket.getProtocol()} ${socket.getCipher().name}`);
      socket.destroy();
    });
    socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      const isAlert = code === undefined ? false : /_ALERT_/.test(code);
      resolve(`refused by the ${isAlert ? 'server' : 'client'}: ${code}`);
    });
  });
}

/** @returns whether a client of TLS 1.2 may begin the handshake anew on an open connection. */
function renegotiates(port: number): Promise<boolean> {
  const only = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;
  const socket = connect({ host: '127.0.0.1', port, ca: RSA.cert, ...only });
  return new Promise((resolve) => {
    const over = (may: boolean) => {
      resolve(may);
      socket.destroy();
    };
    socket.once('secureConnect', () => {
      socket.renegotiate({ rejectUnauthorized: true }, (error) => over(error === null));
    });
    socket.once('error', () => over(false));
    socket.once('close', () => over(false));
  });
}

/** A server that takes whatever there is, to know that the client can. */
async function permissiveServer() {
  const server = createServer({ ...RSA, minVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

/** Fails unless the server at this port, which shows `RSA`, takes what is sound and refuses what is weak. */
export async function checkFloor(port: number): Promise<void> {
  const permissive = await permissiveServer();
  try {
    for (const tried of WEAK) {
      const able = await attempt(permissive.port, tried);
      const [agreed, outcome] = [tried.join(' '), await attempt(port, tried)];
      expect([able, outcome]).toEqual([agreed, expect.stringMatching(BY_SERVER)]);
    }
    expect([await renegotiates(permissive.port), await renegotiates(port)]).toEqual([true, false]);
  } finally {
    await permissive.stop();
  }
  for (const tried of SOUND) {
    expect(await attempt(port, tried)).toBe(tried.join(' '));
  }
}
