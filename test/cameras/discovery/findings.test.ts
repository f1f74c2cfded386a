import { describe, expect, it } from '@jest/globals';
import { Findings } from '../../../src/cameras/discovery/findings.ts';
import { type Logger, silentLogger } from '../../../src/core/log.ts';
import { bye, hello, match, matches } from '../support/scripted-responder.ts';

/** Findings, and what they were told and tell. */
function begin() {
  const warnings: string[] = [];
  const log: Logger = { ...silentLogger, warn: (message) => warnings.push(message) };
  const found: string[] = [];
  const gone: string[] = [];
  const findings = new Findings({
    log,
    onFound: ({ uuid }) => found.push(uuid),
    onGone: ({ uuid }) => gone.push(uuid),
  });
  findings.expect('urn:uuid:question');
  const hear = (text: string, address = '192.0.2.7') => {
    const datagram = Buffer.from(text);
    const from = { address, family: 'IPv4' as const, port: 3702, size: datagram.length };
    findings.hear(datagram, from, 'eth0');
  };
  return { findings, hear, found, gone, warnings };
}

describe('what discovery has heard', () => {
  it('is taken back by the device itself, and by nobody else', () => {
    const { findings, hear, gone } = begin();
    hear(hello('urn:uuid:1'));
    hear(bye('urn:uuid:1'), '192.0.2.66');
    hear(bye('urn:uuid:2'));
    hear(bye(''));
    expect(findings.devices()).toHaveLength(1);
    hear(bye('urn:uuid:1'));
    hear(bye('urn:uuid:1'));
    expect(findings.devices()).toEqual([]);
    expect(gone).toEqual(['1']);
  });

  it('is told again when a device is back', () => {
    const { hear, found } = begin();
    for (const text of [
      hello('a'),
      hello('a'),
      bye('a'),
      matches('question', match({ endpoint: 'a' })),
    ])
      hear(text);
    expect(found).toEqual(['a', 'a']);
  });

  it('is at most a thousand devices, with sixteen addresses each', () => {
    const { findings, hear } = begin();
    for (let device = 0; device < 1_001; device += 1) hear(hello(`urn:uuid:${device}`));
    for (let host = 0; host < 20; host += 1) {
      hear(hello('urn:uuid:0', 'tds:Device', `http://192.0.2.${host}/onvif`));
    }
    expect(findings.devices()).toHaveLength(1_000);
    expect(findings.devices()[0]?.xaddrs).toHaveLength(16);
  });

  it('ends after twenty thousand datagrams, with one warning', () => {
    const { findings, hear, warnings } = begin();
    for (let datagram = 0; datagram < 20_000; datagram += 1) hear('x');
    hear(hello('urn:uuid:1'));
    expect(findings.devices()).toEqual([]);
    expect(warnings).toHaveLength(1);
  });
});
