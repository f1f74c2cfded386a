import { describe, expect, it } from '@jest/globals';
import { checkPassword } from '../../src/access/password-policy.ts';
import { Secret } from '../../src/core/secret.ts';

const common = expect.objectContaining({ code: 'password-too-common' });

describe('a password', () => {
  it.each([
    ...['123456789012', 'abcdefghijkl', 'zyxwvutsrqpo', 'qwertyuiopas', 'aaaaaaaaaaaa'],
    ...['abcabcabcabc', 'password1234', 'P@ssw0rd2026', 'Wachtwoord01!', '2026welkom!!'],
    ...['LiveView2026!', 'passwordpassword', 'Meldkamer-112', '472918365027', 'janssen-2026x'],
  ])('is not %s, which is guessed first', (password) => {
    expect(() => checkPassword(new Secret(password), 'Janssen')).toThrow(common);
  });

  it.each([
    'correct horse battery',
    'een lang wachtwoord',
    'kastanjeboomgaard',
    'alllowercaseletters',
    'wachtwoorden zijn lastig',
    'ü-ñ-ø-ß-č-ž',
  ])('may be %s, of whatever kinds of signs', (password) => {
    const padded = password.padEnd(12, '.');
    expect(() => checkPassword(new Secret(padded), 'olga')).not.toThrow();
  });

  it('has at least 12 characters and at most 256', () => {
    const check = (password: string) => () => checkPassword(new Secret(password), 'olga');
    expect(check('kastanjeboo')).toThrow(expect.objectContaining({ code: 'password-too-short' }));
    expect(check('kastanjeboom')).not.toThrow();
    const long = 'kastanjeboom'.repeat(22);
    expect(check(long.slice(0, 256))).not.toThrow();
    expect(check(long.slice(0, 257))).toThrow(
      expect.objectContaining({ code: 'password-too-long' }),
    );
  });
});
