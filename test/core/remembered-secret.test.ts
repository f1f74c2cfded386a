import { expect, it } from '@jest/globals';
import { describe as inWords, LiveViewError } from '../../src/core/errors.ts';
import { rememberSecret, startWithoutSecrets, withoutRemembered } from '../../src/core/secret.ts';

it('what a camera was given is taken out of a text in every form in which it may come back', () => {
  const secret = `geheim/"§1" & \\é'<`;
  rememberSecret(secret, 'liveview');
  const bytes = Buffer.from(secret);
  const forms = [
    ...[secret, encodeURIComponent(secret)],
    ...['geheim/\\"§1\\" & \\\\é\'<', 'geheim/\\"\\u00a71\\" & \\\\\\u00e9\'<'],
    ...['geheim/&quot;§1&quot; &amp; \\é&apos;&lt;', `geheim/"§1" &amp; \\é'&lt;`],
    ...[bytes.toString('base64'), bytes.toString('base64url')],
    ...[bytes.toString('hex'), bytes.toString('hex').toUpperCase()],
    Buffer.from(`liveview:${secret}`).toString('base64'),
    ...[encodeURI(secret), encodeURI(encodeURIComponent(secret)), escape(secret)],
    encodeURIComponent(secret).replace(/%../g, (each) => each.toLowerCase()),
    new URLSearchParams([['', secret]]).toString().slice(1),
    ...['geheim/&#34;&#167;1&#34; &#38; \\&#xE9;&#x27;&#x3c;', 'geheim/\\x22\\xa71" & \\\\é\'<'],
    JSON.stringify(JSON.stringify({ at: encodeURI(secret) })).slice(11, -4),
    encodeURIComponent(JSON.stringify(secret).slice(1, -1)),
    [...secret].map((each) => `&#${each.codePointAt(0)};`).join(''),
    [...secret].map((each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  ];
  for (const form of forms) {
    expect([form, withoutRemembered(`before ${form} after`)]).toEqual([
      form,
      'before [secret] after',
    ]);
  }
});

it('a text with escapes in which there is none is left as it is', () => {
  rememberSecret('something-else');
  for (const text of ['100 % &c. \\o/ a+b %zz &#9999999; \\', '%41%2541 &amp;amp; \\u0041', '%']) {
    expect(withoutRemembered(text)).toBe(text);
  }
  expect(withoutRemembered('a+b%20something%2Delse&amp;c')).toBe('a+b%20[secret]&amp;c');
});

it('a long text with escapes in which it may stand in ever so many ways is left out as a whole', () => {
  rememberSecret('something-else');
  const mixed = '%2541+%26amp;\\u0041';
  expect(withoutRemembered(mixed.repeat(9))).toBe(mixed.repeat(9));
  expect(withoutRemembered(mixed.repeat(30_000)).length).toBe('[secret]'.length);
  const plain = 'words without end '.repeat(30_000);
  expect(withoutRemembered(`${plain}something-else`)).toHaveLength(
    plain.length + '[secret]'.length,
  );
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
      [encodeURIComponent(encodeURIComponent(long)), 'a%2520lon'],
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
