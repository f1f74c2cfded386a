import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { exampleYaml } from '../../src/config/documents.ts';
import { parseConfig } from '../../src/config/load.ts';
import { looseSecrets, secretPlaces } from '../../src/config/secret-places.ts';
import { readSecret } from '../../src/config/secrets.ts';

function folder(): string {
  return mkdtempSync(join(tmpdir(), 'liveview-secrets-'));
}

describe('a credential of systemd', () => {
  it('is read from the folder that the service is given', () => {
    const given = folder();
    writeFileSync(join(given, 'shop-1'), 'geheim\n', { mode: 0o400 });
    const env = { CREDENTIALS_DIRECTORY: given };
    expect(readSecret({ credential: 'shop-1' }, env).reveal()).toBe('geheim');
    expect(() => readSecret({ credential: 'shop-2' }, env)).toThrow('credential shop-2 cannot be');
  });

  it('is missing, with what to write in the unit, where none are given', () => {
    expect(() => readSecret({ credential: 'shop-1' }, {})).toThrow('LoadCredential=');
  });

  it.each(['../passwd', '.', '..', 'a/b', ''])('has a name that leads nowhere else: %j', (name) => {
    const text = `cameras: [{ id: a, rtsp: { main: 'rtsp://192.0.2.1/', username: u, password: { credential: "${name}" } } }]`;
    expect(() => parseConfig(text, 'c.yaml')).toThrow('name a systemd credential');
  });
});

describe('a variable that carries a secret', () => {
  it('is taken out of the environment, so that nothing that is started has it, and can be read again', () => {
    process.env['LIVEVIEW_TEST_SECRET'] = 'geheim';
    const read = () => readSecret({ env: 'LIVEVIEW_TEST_SECRET' }).reveal();
    expect(read()).toBe('geheim');
    expect(process.env['LIVEVIEW_TEST_SECRET']).toBeUndefined();
    expect(spawnSync('env', { encoding: 'utf8', env: process.env }).stdout).not.toContain('geheim');
    expect(read()).toBe('geheim');
  });

  it('has its new value where it is set again', () => {
    process.env['LIVEVIEW_TEST_ROTATED'] = 'old';
    const read = () => readSecret({ env: 'LIVEVIEW_TEST_ROTATED' }).reveal();
    expect(read()).toBe('old');
    process.env['LIVEVIEW_TEST_ROTATED'] = 'new';
    expect(read()).toBe('new');
  });
});

describe('the places of secrets', () => {
  it('are found in every section of the example', () => {
    const places = secretPlaces(parseConfig(exampleYaml(), 'c.yaml'));
    expect(places.map(({ path }) => path.join('.'))).toEqual(
      expect.arrayContaining([
        'cameras.0.onvif.password',
        'cameras.1.rtsp.password',
        'alarms.dc09.accounts.1409.key',
        'police.tls.key',
      ]),
    );
  });

  it('are loose when others on the machine can read the file', () => {
    const file = join(folder(), 'password');
    writeFileSync(file, 'geheim\n');
    const text = `cameras: [{ id: a, rtsp: { main: 'rtsp://192.0.2.1/', username: u, password: { file: ${file} } } }]`;
    const config = parseConfig(text, 'c.yaml');
    chmodSync(file, 0o644);
    expect(looseSecrets(config, {})).toEqual([
      {
        path: ['cameras', 0, 'rtsp', 'password'],
        message: `file ${file} can be read by others on this machine (mode 0644); write: chmod o-rwx ${file}`,
      },
    ]);
    for (const mode of [0o640, 0o600, 0o400]) {
      chmodSync(file, mode);
      expect(looseSecrets(config, {})).toEqual([]);
    }
  });
});
