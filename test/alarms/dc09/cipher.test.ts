import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decrypt, encrypt } from '../../../src/alarms/dc09/cipher.ts';
import { decryptChain, encryptChain } from '../../../src/simulator/panel/block-chain.ts';
import { KEYS } from './support.ts';

describe.each(Object.entries(KEYS))('AES of %s bits', (_, bytes) => {
  const key = createSecretKey(bytes);
  const text = fc.stringMatching(/^[ -{}~]{0,300}$/);

  it('reads what a panel has chained by hand, with any padding', () => {
    const padding = fc.uint8Array({ maxLength: 16 }).map((each) => each.map((byte) => byte % 0x5b));
    fc.assert(
      fc.property(text, padding, (said, before) => {
        const plain = Buffer.concat([Buffer.from(before), Buffer.from(`|${said}`, 'latin1')]);
        const whole = Buffer.concat([plain, Buffer.alloc(-plain.length & 15, ' ')]);
        const hex = encryptChain(bytes, whole).toString('hex');
        expect(decrypt(key, hex)?.toString('latin1').trimEnd()).toBe(said.trimEnd());
      }),
    );
  });

  it('writes what a panel can read by hand: upper case, padding ended by a bar', () => {
    const random = (count: number) => Buffer.alloc(count, 3);
    fc.assert(
      fc.property(text, (said) => {
        const hex = encrypt(key, said, random);
        expect(hex).toMatch(/^(?:[0-9A-F]{32})+$/);
        const plain = decryptChain(bytes, Buffer.from(hex, 'hex')).toString('latin1');
        expect(plain).toBe(`${'D'.repeat(plain.indexOf('|'))}|${said}`);
      }),
    );
  });
});

describe('what is not to be decrypted', () => {
  const key = createSecretKey(KEYS[128]);

  it.each([
    ['nothing', ''],
    ['part of a block', '00112233'],
    ['no digits', 'x'.repeat(32)],
    ['another key', encryptChain(KEYS[256], Buffer.from('0123456789|x]_20')).toString('hex')],
  ])('%s', (_, digits) => {
    expect(decrypt(key, digits)).toBeUndefined();
  });
});
