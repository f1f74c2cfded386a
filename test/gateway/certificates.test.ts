import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { silentLogger } from '../../src/core/log.ts';
import { Certificates } from '../../src/gateway/certificates.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { type IssuedCertificate, PrivateCa } from '../support/private-ca.ts';

let ca: PrivateCa;
let own: IssuedCertificate;
const until = new Date(Math.ceil(Date.now() / 1000) * 1000 + 100 * 24 * 3_600_000);
beforeAll(() => {
  ca = new PrivateCa('Root');
  own = ca.issue('gateway', { until });
});
afterAll(() => ca.remove());

describe('the certificates of the listeners', () => {
  it('are in the figures: when each ends, and how much is wrong', async () => {
    const clock = new ManualClock(Date.now() * 1000);
    const certificates = new Certificates(clock, silentLogger);
    const { certFile: cert, keyFile: key } = own;
    certificates.source('centre', { cert, key, clientCert: 'off' });
    const clientCa = ca.certFile;
    certificates.source('police', { cert, key, clientCa, clientCert: 'required' });
    const registry = new Registry();
    certificates.register(registry);
    certificates.start();
    const ends = (listener: string, what: string) =>
      `liveview_tls_expiry_timestamp_seconds{listener="${listener}",what="${what}"}`;
    const seconds = until.getTime() / 1000;
    expect(await registry.metrics()).toContain(`${ends('centre', 'certificate')} ${seconds}\n`);
    const rootEnds = Number(
      (await registry.metrics()).split(`${ends('police', 'client-ca')} `)[1]?.split('\n')[0],
    );
    expect(rootEnds).toBeGreaterThan(seconds);
    expect(await registry.metrics()).toContain('liveview_tls_problems{listener="centre"} 0\n');
    writeFileSync(key, '');
    clock.advance(10_000);
    expect(certificates.problems).toHaveLength(2);
    expect(await registry.metrics()).toContain('liveview_tls_problems{listener="police"} 1\n');
    writeFileSync(key, own.key);
    certificates.look();
    expect(certificates.problems).toEqual([]);
    certificates.stop();
  });
});
