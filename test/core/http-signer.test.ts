import { describe, expect, it } from '@jest/globals';
import { parseAuthFields } from '../../src/core/http-auth.ts';
import { HttpSigner } from '../../src/core/http-signer.ts';
import { Secret } from '../../src/core/secret.ts';

const DIGEST = 'Digest realm="cam", nonce="n1", qop="auth"';
const BASIC = 'Basic realm="cam"';

function signer(allowBasic = true) {
  return new HttpSigner({
    credentials: { username: 'viewer', password: new Secret('secret') },
    allowBasic,
  });
}

const countOf = (signature: string | undefined) =>
  parseAuthFields(signature ?? '')[0]?.params.get('nc');

describe('a signer of requests', () => {
  it('shows nothing before it is asked', () => {
    expect(signer().sign('GET', '/')).toBeUndefined();
  });

  it('goes on with the last challenge, and counts', () => {
    const one = signer();
    expect(one.challenged([DIGEST])).toBe(true);
    expect(countOf(one.sign('GET', '/a'))).toBe('00000001');
    expect(countOf(one.sign('GET', '/b'))).toBe('00000002');
    one.challenged([DIGEST.replace('n1', 'n2')]);
    const signature = one.sign('GET', '/a');
    expect(signature).toContain('nonce="n2"');
    expect(countOf(signature)).toBe('00000001');
  });

  it.each([
    ['Digest before Basic', true, [BASIC, DIGEST], /^Digest /],
    ['Basic where there is nothing else', true, [BASIC], /^Basic /],
    ['Digest where Basic is not allowed', false, [BASIC, DIGEST], /^Digest /],
  ])('answers with %s', (_what, allowBasic, offered, expected) => {
    const one = signer(allowBasic);
    expect(one.challenged(offered)).toBe(true);
    expect(one.sign('GET', '/')).toMatch(expected);
  });

  it.each([
    ['only Basic is offered and not allowed', false, [BASIC]],
    ['nothing known is offered', true, ['Negotiate']],
  ])('shows nothing when %s, nor what it showed before', (_what, allowBasic, offered) => {
    const one = signer(allowBasic);
    one.challenged([DIGEST]);
    expect(one.challenged(offered)).toBe(false);
    expect(one.sign('GET', '/')).toBeUndefined();
  });
});
