import { expect, it } from '@jest/globals';
import { describe as inWords, LiveViewError } from '../../src/core/errors.ts';
import { rememberSecret, withoutRemembered } from '../../src/core/secret.ts';

it('what a camera was given is taken out of a text in every form in which it may come back', () => {
  const secret = 'geheim/"§1"';
  rememberSecret(secret, 'liveview');
  const basic = Buffer.from(`liveview:${secret}`).toString('base64');
  const forms = [secret, encodeURIComponent(secret), JSON.stringify(secret), basic];
  for (const form of forms) {
    expect(withoutRemembered(`before ${form} after`)).toMatch(/^before "?\[secret\]"? after$/);
  }
});

it('an error does not quote it, nor does one that has it as its cause', () => {
  rememberSecret('wachtwoord-7');
  const cause = new LiveViewError('camera-refused', 'the camera says wachtwoord-7');
  const error = new LiveViewError('no-picture', 'no picture', { cause });
  expect(inWords(error)).toBe('no picture: the camera says [secret]');
});

it('one that is a part of words is left', () => {
  rememberSecret('came');
  expect(withoutRemembered('the camera')).toBe('the camera');
});

it('the newest are kept, and no more than a bounded number', () => {
  rememberSecret('the very first one');
  for (let n = 0; n < 4_096; n += 1) rememberSecret(`secret number ${n}`);
  expect(withoutRemembered('the very first one')).toBe('the very first one');
  expect(withoutRemembered('secret number 4095')).toBe('[secret]');
});
