import { describe, expect, it } from '@jest/globals';
import { ConfigError, parseConfig } from '../../src/config/load.ts';

const FINGERPRINT = Array.from({ length: 32 }, () => 'aB').join(':');
const TLS = 'tls: { cert: a, key: b, clientCa: c, clientCert: required }';

function problems(certificates: readonly string[], tls = TLS): string[] {
  const rooms = certificates.map(
    (each, index) => `  - { id: room-${index}, name: R, certificates: ${each} }`,
  );
  const text = `cameras: [{ id: a, onvif: { host: 192.0.2.1 } }]
police: { listen: "192.0.2.1:8443", ${tls} }
controlRooms:
${rooms.join('\n')}
`;
  try {
    parseConfig(text, 'c.yaml');
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ line, path, message }) => `${line} ${path} ${message}`);
  }
}

describe('the certificates of control rooms', () => {
  it('are names or fingerprints, any number of each', () => {
    expect(
      problems([
        '[]',
        `[{ name: desk-1.police.example }, { name: localhost }, { fingerprint: "${FINGERPRINT}" }]`,
      ]),
    ).toEqual([]);
  });

  it.each([
    '*.police.example',
    '.police.example',
    'police.example.',
    'police..example',
    'desk 1',
    '-a.example',
    '192.0.2.1/24',
    `${'a'.repeat(64)}.example`,
    '""',
  ])('are not named %s', (name) => {
    expect(problems([`[{ name: "${name.replaceAll('"', '')}" }]`])).toEqual([
      expect.stringContaining('controlRooms[0].certificates[0]'),
    ]);
  });

  it.each([
    'desk-1.police.example',
    '{}',
    '{ fingerprint: "aB:cD" }',
    '{ name: a, fingerprint: b }',
  ])('are not written %s', (written) => {
    const found = problems([`[${written}]`]);
    expect(found.length).toBeGreaterThan(0);
    expect(found[0]).toContain('controlRooms[0].certificates[0]');
  });

  it('are of one room each, however they are written', () => {
    const bare = FINGERPRINT.replaceAll(':', '').toUpperCase();
    expect(
      problems([
        `[{ name: a.example }, { fingerprint: "${FINGERPRINT}" }]`,
        `[{ name: A.example }, { fingerprint: "${bare}" }]`,
      ]),
    ).toEqual([
      expect.stringMatching(/^5 controlRooms\[1\].certificates\[0\] is there twice/),
      expect.stringMatching(/^5 controlRooms\[1\].certificates\[1\] is there twice/),
    ]);
  });

  it.each(['tls: { cert: a, key: b }', 'tls: { cert: a, key: b, clientCa: c }', 'insecure: true'])(
    'are refused where nobody is asked for one: %s',
    (tls) => {
      expect(problems(['[{ name: a.example }]'], tls)).toEqual([
        expect.stringMatching(/^4 controlRooms\[0\].certificates\[0\] nobody is asked/),
      ]);
    },
  );

  it('that were revoked are asked for, or the list is of no use', () => {
    const tls = 'tls: { cert: a, key: b, clientCa: c, clientCrl: [d] }';
    expect(problems(['[]'], tls)).toEqual([
      expect.stringMatching(/^2 police.tls.clientCrl nobody is asked for a certificate/),
    ]);
  });
});
