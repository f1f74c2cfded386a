import { describe, expect, it } from '@jest/globals';
import {
  authorization,
  type Challenge,
  chooseChallenge,
  digestResponse,
  parseAuthFields,
} from '../../src/core/http-auth.ts';
import { Secret } from '../../src/core/secret.ts';

const mufasa = {
  username: 'Mufasa',
  realm: 'http-auth@example.org',
  password: 'Circle of Life',
  method: 'GET',
  uri: '/dir/index.html',
  nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
  qop: { nc: '00000001', cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ' },
};

describe('digestResponse', () => {
  it.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ] as const)('agrees with the example of RFC 7616 §3.9.1 for %s', (algorithm, response) => {
    expect(digestResponse({ ...mufasa, algorithm })).toBe(response);
  });

  it('agrees with the example of RFC 2069 (errata 749), without qop', () => {
    const response = digestResponse({
      algorithm: 'MD5',
      username: 'Mufasa',
      realm: 'testrealm@host.com',
      password: 'CircleOfLife',
      method: 'GET',
      uri: '/dir/index.html',
      nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
    });
    expect(response).toBe('1949323746fe6a43ef61f9606e7febea');
  });
});

describe('chooseChallenge', () => {
  const digest = (params: string) => chooseChallenge([`Digest realm="r", nonce="n"${params}`]);

  it.each([
    ['no qop', '', undefined],
    ['auth', ', qop="auth"', 'auth'],
    ['auth-int and auth', ', qop="auth-int, auth"', 'auth'],
    ['an unquoted qop', ', qop=auth', 'auth'],
    ['an empty qop', ', qop=""', undefined],
  ])('reads %s', (_what, params, qop) => {
    expect(digest(params)).toMatchObject({ scheme: 'digest', realm: 'r', nonce: 'n', qop });
  });

  it('prefers SHA-256 over MD5 over Basic, in one field or in several', () => {
    const md5 = 'Digest realm="a, b", nonce="1", algorithm=MD5';
    const sha = 'Digest realm="a, b", nonce="2", algorithm=SHA-256, stale=TRUE';
    const best = { algorithm: 'SHA-256', nonce: '2', realm: 'a, b', stale: true };
    expect(chooseChallenge(['Basic realm="x"', md5, sha])).toMatchObject(best);
    expect(chooseChallenge([`Basic realm="x", ${md5}, ${sha}`])).toMatchObject(best);
    expect(chooseChallenge(['Basic realm="x"', md5])).toMatchObject({ algorithm: 'MD5' });
    expect(chooseChallenge(['Basic realm="x"'])).toEqual({ scheme: 'basic', realm: 'x' });
  });

  it('skips schemes and algorithms that it does not know', () => {
    const unknown = 'Negotiate, Digest realm="a", nonce="1", algorithm=SHA3-512';
    expect(chooseChallenge([unknown])).toBeUndefined();
    const known = `${unknown}, Digest realm="a", nonce="2"`;
    expect(chooseChallenge([known])).toMatchObject({ nonce: '2', algorithm: 'MD5' });
    expect(digest(', qop="auth-int"')).toBeUndefined();
    expect(chooseChallenge([])).toBeUndefined();
  });
});

describe('authorization', () => {
  const credentials = { username: 'café', password: new Secret('p@:/%') };
  const input = { credentials, method: 'PLAY', uri: 'rtsp://cam/1', nonceCount: 11, cnonce: 'c0' };

  function fieldsFor(challenge: Challenge | undefined) {
    if (!challenge) throw new Error('no challenge');
    const [fields] = parseAuthFields(authorization({ ...input, challenge }));
    return Object.fromEntries(fields?.params ?? []);
  }

  it('answers a digest so that a server can verify it', () => {
    const challenge = chooseChallenge([
      'Digest realm="say \\"hi\\", cam", nonce="n", opaque="o", qop="auth", algorithm=SHA-256',
    ]);
    const fields = fieldsFor(challenge);
    const realm = 'say "hi", cam';
    expect(fields).toMatchObject({ realm, opaque: 'o', nc: '0000000b', qop: 'auth' });
    const { username, password } = credentials;
    expect(fields['response']).toBe(
      digestResponse({
        algorithm: 'SHA-256',
        username,
        realm,
        password: password.reveal(),
        method: 'PLAY',
        uri: 'rtsp://cam/1',
        nonce: 'n',
        qop: { nc: '0000000b', cnonce: 'c0' },
      }),
    );
  });

  it('leaves out what the camera did not ask for', () => {
    const fields = fieldsFor(chooseChallenge(['Digest realm="r", nonce="n"']));
    expect(Object.keys(fields)).toEqual(['username', 'realm', 'nonce', 'uri', 'response']);
  });

  it('answers Basic in UTF-8', () => {
    const value = authorization({ ...input, challenge: { scheme: 'basic', realm: 'r' } });
    expect(Buffer.from(value.slice(6), 'base64').toString('utf8')).toBe('café:p@:/%');
  });
});
