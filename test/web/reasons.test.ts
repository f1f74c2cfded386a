import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ApiError, ClientError } from '../../src/client/index.ts';
import { REASON_CODES } from '../../src/liveview/reasons.ts';
import { inWords, reasonOf } from '../../web/shared/reasons.ts';
import { en } from '../../web/shared/texts-en.ts';
import { nl } from '../../web/shared/texts-nl.ts';

/** Every code in the table of problems. */
function problemCodes(): string[] {
  const page = readFileSync(new URL('../../docs/reference/api.md', import.meta.url), 'utf8');
  const rows = page.slice(page.indexOf('\n## Problems')).match(/^\| \d{3} \|.*$/gm) ?? [];
  return rows.flatMap((row) => [...row.matchAll(/`([a-z-]+)`/g)].map(([, code]) => code ?? ''));
}

describe('reasons', () => {
  it('are known in both languages for every code that the gateway may give', () => {
    const codes = [...REASON_CODES, ...problemCodes(), 'no-connection', 'connection-lost'];
    expect(codes.length).toBeGreaterThan(50);
    for (const texts of [nl, en]) {
      expect(codes.filter((code) => inWords({ code, message: '' }, texts) === '')).toEqual([]);
    }
  });

  it('are told by their code, in the language that is asked for', () => {
    const reason = reasonOf(new ApiError(409, 'control-taken', 'bob moves it'));
    expect(inWords(reason, nl)).toBe('Iemand anders bedient de camera.');
    expect(inWords(reason, en)).toBe('Somebody else is moving the camera.');
  });

  it.each([
    ['what an operator typed', { message: 'Camera is nodig' }, 'Camera is nodig'],
    ['a code that is not known', { code: 'brand-new', message: 'so' }, 'so'],
    ['a code that is a word of the language', { code: 'constructor', message: 'so' }, 'so'],
    ['an error of the client', reasonOf(new ClientError('odd', 'odd indeed')), 'odd indeed'],
    ['any other error', reasonOf(new TypeError('broken')), 'broken'],
    ['what is no error', reasonOf('thrown'), 'thrown'],
  ])('are shown as given for %s', (_what, reason, shown) => {
    expect(inWords(reason, nl)).toBe(shown);
  });
});
