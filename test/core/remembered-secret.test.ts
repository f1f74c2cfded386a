import { expect, it } from '@jest/globals';
import { describe as inWords, LiveViewError } from '../../src/core/errors.ts';
import { rememberSecret, startWithoutSecrets, withoutRemembered } from '../../src/core/secret.ts';

it('what a camera was given is taken out of a text in every form in which it may come back', () => {
  const secret = `geheim/"§1" & \\é'<`;
  rememberSecret(secret, 'liveview');
  const bytes = Buffer.from(secret);
  const forms = [
    ...[secret, encodeURIComponent(secret), encodeURIComponent(secret).replaceAll('%C3', '%c3')],
    ...['geheim/\\"§1\\" & \\\\é\'<', 'geheim/\\"\\u00a71\\" & \\\\\\u00e9\'<'],
    ...['geheim/&quot;§1&quot; &amp; \\é&apos;&lt;', `geheim/"§1" &amp; \\é'&lt;`],
    ...[bytes.toString('base64'), bytes.toString('base64url')],
    ...[bytes.toString('hex'), bytes.toString('hex').toUpperCase()],
    Buffer.from(`liveview:${secret}`).toString('base64'),
  ];
  forms[2] = encodeURIComponent(secret).replace(/%../g, (each) => each.toLowerCase());
  for (const form of forms) {
    expect([form, withoutRemembered(`before ${form} after`)]).toEqual([
      form,
      'before [secret] after',
    ]);
  }
});

it('an error does not quote it, nor does one that has it as its cause', () => {
  rememberSecret('wachtwoord-7');
  const cause = new LiveViewError('camera-refused', 'the camera says wachtwoord-7');
  const error = new LiveViewError('no-picture', 'no picture', { cause });
  expect(inWords(error)).toBe('no picture: the camera says [secret]');
});

it('none is left in half where a long text is cut, wherever it stands', () => {
  const [secret, long] = ['Geheim-woord-15', 'a long secret of whoever runs it'];
  rememberSecret(secret);
  rememberSecret(long);
  for (let before = 60; before <= 100; before += 1) {
    for (const [what, parts] of [
      [secret, 'Gehei'],
      [long, 'a lon'],
      ['rtsp://viewer:Ander-woord@10.0.0.1/', 'viewer'],
    ]) {
      const text = `${'x'.repeat(before)}${what}${'y'.repeat(500)}`;
      const start = startWithoutSecrets(text, 100);
      expect([before, start, start.includes(String(parts))]).toEqual([before, start, false]);
      expect(start.length).toBeLessThanOrEqual(101);
    }
  }
  expect(startWithoutSecrets(secret.repeat(40), 100)).not.toContain('Gehei');
  expect(startWithoutSecrets('short', 100)).toBe('short');
  expect(startWithoutSecrets('x'.repeat(101), 100)).toBe(`${'x'.repeat(100)}…`);
});

it('one that is a part of words is left', () => {
  rememberSecret('came');
  expect(withoutRemembered('the camera')).toBe('the camera');
});

it('the newest are kept, and no more than a bounded number', () => {
  rememberSecret('the very first one');
  for (let n = 0; n < 8_192; n += 1) rememberSecret(`secret number ${n}`);
  expect(withoutRemembered('the very first one')).toBe('the very first one');
  expect(withoutRemembered('secret number 8191')).toBe('[secret]');
});
