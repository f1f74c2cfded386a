import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  askOver,
  type Identity,
  identityOf,
  makeTrialAuthority,
  openssl,
  type TrialAuthority,
} from '../support/trial-authority.ts';

const SERVER = 'server-liveview.example.crt';
const CLIENT = 'client-meldkamer-rotterdam.crt';
const NAME = 'Trial, O="the centre" # é';

let trial: TrialAuthority;
beforeEach(async () => {
  trial = await makeTrialAuthority(NAME);
  const hosts = ['liveview.example', 'localhost', '127.0.0.1', '2001:db8::10'];
  await trial.certJson('server', ...hosts.flatMap((host) => ['--host', host]));
  await trial.certJson('client', '--name', 'Meldkamer Rotterdam');
});
afterEach(() => trial[Symbol.asyncDispose]());

const read = (name: string) => readFileSync(trial.file(name), 'utf8');
const keyOf = (certificate: string) => certificate.replace(/crt$/, 'key');

describe('OpenSSL', () => {
  const textOf = async (file: string) =>
    (
      await openssl(
        'x509',
        '-in',
        trial.file(file),
        '-noout',
        '-text',
        '-nameopt',
        'utf8,sep_multiline',
      )
    ).says;
  const verify = (file: string, ...args: string[]) =>
    openssl(
      ...['verify', '-x509_strict', '-check_ss_sig', '-crl_check', ...args],
      ...['-CAfile', trial.file('ca.crt'), '-CRLfile', trial.file('ca.crl'), trial.file(file)],
    );

  it('reads an authority that issues to ends alone', async () => {
    const text = await textOf('ca.crt');
    expect(text).toContain('Signature Algorithm: ecdsa-with-SHA256');
    expect(text).toContain('NIST CURVE: P-256');
    expect(text).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0\n/);
    expect(text).toMatch(/Key Usage: critical\s+Certificate Sign, CRL Sign\n/);
    expect(text).toMatch(/Subject Key Identifier:\s+([0-9A-F]{2}:){19}/);
    expect(text.match(/CN=(.*)/)?.[1]).toBe(NAME);
  });

  it('reads the certificate of a server, with each host as what it is', async () => {
    const text = await textOf(SERVER);
    expect(text).toContain(
      'DNS:liveview.example, DNS:localhost, IP Address:127.0.0.1, IP Address:2001:DB8:0:0:0:0:0:10\n',
    );
    expect(text).toMatch(/Extended Key Usage:\s+TLS Web Server Authentication\n/);
    expect(text).toMatch(/Key Usage: critical\s+Digital Signature\n/);
    expect(text).toMatch(/Basic Constraints: critical\s+CA:FALSE\n/);
    expect(text).toMatch(/Serial Number:\s+([0-9a-f]{2}:){15}[0-9a-f]{2}\n/);
    const [, authority] = /Subject Key Identifier:\s+(\S+)/.exec(await textOf('ca.crt')) ?? [];
    expect(/Authority Key Identifier:\s+(\S+)/.exec(text)?.[1]).toBe(authority);
  });

  it('finds both good for what they are for, and for nothing else', async () => {
    for (const [file, good, bad] of [
      [SERVER, 'sslserver', 'sslclient'],
      [CLIENT, 'sslclient', 'sslserver'],
    ] as const) {
      expect(await verify(file, '-purpose', good)).toMatchObject({ code: 0 });
      expect(await verify(file, '-purpose', bad)).toMatchObject({ code: 2 });
    }
    for (const host of ['liveview.example', 'LOCALHOST']) {
      expect(await verify(SERVER, '-verify_hostname', host)).toMatchObject({ code: 0 });
    }
    expect(await verify(SERVER, '-verify_ip', '2001:db8:0::10')).toMatchObject({ code: 0 });
    expect(await verify(SERVER, '-verify_ip', '127.0.0.2')).toMatchObject({ code: 2 });
    expect(await verify(SERVER, '-verify_hostname', 'a.example')).toMatchObject({ code: 2 });
  });

  it('finds the list signed, numbered, and with what was revoked alone', async () => {
    const list = () =>
      openssl(
        ...['crl', '-in', trial.file('ca.crl'), '-CAfile', trial.file('ca.crt')],
        ...['-noout', '-text'],
      );
    const empty = await list();
    expect(empty.says).toContain('verify OK');
    expect(empty.says).toMatch(/X509v3 CRL Number:\s+1\n/);
    expect(empty.says).toContain('No Revoked Certificates.');
    const { serial } = await trial.certJson('revoke', trial.file(CLIENT));
    const { says } = await list();
    expect(says).toContain('verify OK');
    expect(says).toMatch(/X509v3 CRL Number:\s+2\n/);
    expect(says.match(/Serial Number: \S+/g)).toEqual([
      `Serial Number: ${String(serial).toUpperCase()}`,
    ]);
    expect(await verify(CLIENT)).toMatchObject({
      code: 2,
      says: expect.stringContaining('certificate revoked'),
    });
    expect(await verify(SERVER)).toMatchObject({ code: 0 });
  });

  it.each([
    [128, '0x80'],
    [256, '0x0100'],
    [40_000, '0x9C40'],
  ])('reads the number of list %i', async (number, crlNumber) => {
    const before = `"number": ${number - 1}`;
    writeFileSync(
      trial.file('register.json'),
      read('register.json').replace('"number": 1', before),
    );
    expect(await trial.certJson('crl')).toMatchObject({ number });
    const { says } = await openssl('crl', '-in', trial.file('ca.crl'), '-noout', '-crlnumber');
    expect(says).toContain(`crlNumber=${crlNumber}\n`);
  });

  it('makes of both, by the command that is printed, the one file that a browser takes', async () => {
    const { stderr } = await trial.cert('client', '--name', 'Meldkamer Rotterdam', '--renew');
    const [, command = ''] = /: openssl (pkcs12 .*)\n/.exec(stderr) ?? [];
    const made = await openssl(...command.split(' '), '-passout', 'pass:for-the-way');
    expect(made).toMatchObject({ code: 0 });
    const bundle = trial.file('client-meldkamer-rotterdam.p12');
    const { says } = await openssl(
      ...['pkcs12', '-in', bundle, '-passin', 'pass:for-the-way', '-nodes'],
    );
    expect(new X509Certificate(says.slice(says.indexOf('-----BEGIN'))).serialNumber).toBe(
      new X509Certificate(read(CLIENT)).serialNumber,
    );
    expect(says).toContain('BEGIN PRIVATE KEY');
  });
});

describe('a TLS 1.3 server that asks for a certificate', () => {
  const servers: Server[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  /** One that says what is wrong with a certificate, or one that lets nobody in without a good one. */
  const serve = async (rejectUnauthorized: boolean) => {
    const server = createServer(
      {
        ...{ cert: read(SERVER), key: read(keyOf(SERVER)), minVersion: 'TLSv1.3' },
        ...{ ca: read('ca.crt'), crl: read('ca.crl'), requestCert: true, rejectUnauthorized },
      },
      (request, response) => {
        const socket = request.socket as TLSSocket;
        const { subject } = socket.getPeerCertificate();
        response.end(`${socket.authorizationError ?? 'good'} ${subject?.CN ?? 'nobody'}`);
      },
    );
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  };
  const ask = async (url: string, identity: Identity, { file } = trial) =>
    (await askOver(url, identity, readFileSync(file('ca.crt')))).body;

  it('lets its client in and nobody else, and is believed by its address', async () => {
    await using other = await makeTrialAuthority(NAME);
    await other.certJson('client', '--name', 'Meldkamer Rotterdam');
    const own = identityOf(trial, CLIENT);
    const [strict, talkative] = [await serve(true), await serve(false)];
    expect(await ask(strict, own)).toBe('good Meldkamer Rotterdam');
    for (const [wrong, says] of [
      [{}, /^UNABLE_TO_GET_ISSUER_CERT nobody$/],
      [identityOf(trial, SERVER), /^INVALID_PURPOSE /],
      [identityOf(other, CLIENT), /^[A-Z_]*(SIGNATURE|ISSUER)[A-Z_]* /],
    ] as const) {
      expect(await ask(talkative, wrong)).toMatch(says);
      await expect(ask(strict, wrong)).rejects.toThrow();
    }
    await expect(ask(strict, own, other)).rejects.toThrow('certificate');
  });

  it('keeps it out with the list that revokes it, and lets its renewal in', async () => {
    const revoked = identityOf(trial, CLIENT);
    await trial.certJson('revoke', trial.file(CLIENT));
    await trial.certJson('client', '--name', 'Meldkamer Rotterdam', '--renew');
    const strict = await serve(true);
    expect(await ask(await serve(false), revoked)).toBe('CERT_REVOKED Meldkamer Rotterdam');
    await expect(ask(strict, revoked)).rejects.toThrow();
    expect(await ask(strict, identityOf(trial, CLIENT))).toBe('good Meldkamer Rotterdam');
  });
});
