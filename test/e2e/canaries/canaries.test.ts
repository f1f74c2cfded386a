import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { Canaries } from './canaries.ts';

it('finds a secret however it is dressed, and nothing where there is none', () => {
  const canaries = new Canaries();
  const secret = canaries.hatch('password');
  const key = canaries.hatchKey('key');
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
  canaries.plantPem('pem', String(pem));
  const credentials = (user: string, encoding: 'base64' | 'base64url') =>
    Buffer.from(`${user}:${secret}`).toString(encoding);
  const dressed = [
    `url rtsp://u:${secret}@host/`,
    `query ?p=${encodeURIComponent(secret)}&x`,
    ...['u', 'us', 'use'].flatMap((user) => [
      `Basic ${credentials(user, 'base64')}`,
      `jwt.${credentials(user, 'base64url')}.x`,
    ]),
    JSON.stringify({ secret }),
    Buffer.from(secret).toString('hex'),
    Buffer.from(`storage ${secret}`, 'utf16le'),
    Buffer.concat([Buffer.alloc(7), Buffer.from(secret), Buffer.alloc(3)]),
  ];
  for (const each of dressed)
    expect([String(each), canaries.in(each)]).toEqual([String(each), ['password']]);
  for (const each of [
    key,
    key.toUpperCase(),
    Buffer.from(key, 'hex'),
    `K${Buffer.from(key, 'hex').toString('base64')}`,
  ]) {
    expect(canaries.in(each)).toEqual(['key']);
  }
  const der = Buffer.from(String(pem).split('\n').slice(1, -2).join(''), 'base64');
  for (const each of [String(pem), der]) expect(canaries.in(each)).toEqual(['pem']);
  expect(canaries.in(`Kanarie ${secret.slice(0, 20)} ${key.slice(0, 30)}`)).toEqual([]);
});
