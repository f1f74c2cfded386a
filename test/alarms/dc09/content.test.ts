import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseContent } from '../../../src/alarms/dc09/content.ts';
import { formatTimestamp, parseTimestamp } from '../../../src/alarms/dc09/timestamp.ts';
import { fromWindows1252 } from '../../../src/alarms/dc09/windows-1252.ts';
import { stamp } from '../../../src/simulator/panel/message.ts';
import { THEN_UNIX_MS } from './support.ts';

const read = (text: string) => parseContent(Buffer.from(text, 'latin1'));

describe('the content of a message', () => {
  it('has an account, data, extended data and a timestamp', () => {
    const content = read(
      '#14af|Nri1/HA12][Vhttp://192.0.2.9/1.jpg][X004E28.62][Y51N55.34][IKassa][VB]_20:38:07,08-27-2026',
    );
    expect(content?.account).toBe('14AF');
    expect(content?.data).toBe('Nri1/HA12');
    expect(Object.fromEntries(content?.extended ?? [])).toEqual({
      V: 'http://192.0.2.9/1.jpg',
      X: '004E28.62',
      Y: '51N55.34',
      I: 'Kassa',
    });
    expect(content?.timestamp).toEqual({ text: '20:38:07,08-27-2026', unixMs: THEN_UNIX_MS });
  });

  it.each([
    ['nothing', ']', undefined, ''],
    ['no account', '|Nri1/CL501]', undefined, 'Nri1/CL501'],
    ['no bar', 'Nri1/BA012]', undefined, 'Nri1/BA012'],
    ['no number sign', '1409|1130 02 001]', '1409', '1130 02 001'],
    ['a number between (AlphaVision XL)', '#0001|0|NRP]', '0001', '0|NRP'],
    [
      'what was in memory behind it',
      '#12345678|1130 00 007]345678[] 2345',
      '12345678',
      '1130 00 007',
    ],
  ])('may have %s', (_, text, account, data) => {
    expect(read(text)).toMatchObject({ account, data, timestamp: undefined });
  });

  it('is none without its end', () => {
    expect(read('#1409|Nri1/BA012')).toBeUndefined();
  });

  it('is Windows-1252 and shows no control characters', () => {
    const bytes = Buffer.concat([
      Buffer.from('#1409|NBA1^Caf'),
      Buffer.from([0xe9, 0x20, 0x80, 0x35, 0x1b, 0x5b]),
      Buffer.from('^]'),
    ]);
    expect(parseContent(bytes)?.data).toBe('NBA1^Café €5[^');
    expect(fromWindows1252(Buffer.from([0x85, 0x93, 0x9f, 0xff]))).toBe('…“Ÿÿ');
  });

  it('knows when a timestamp is no moment (a panel counts months from 0)', () => {
    expect(read(']_17:53:48,00-31-2019')?.timestamp).toEqual({
      text: '17:53:48,00-31-2019',
      unixMs: undefined,
    });
    expect(parseTimestamp('24:00:00,01-01-2026')).toBeUndefined();
    expect(parseTimestamp('12:00:00,02-29-2026')).toBeUndefined();
  });

  it('reads every moment as a panel writes it', () => {
    const seconds = fc.integer({ min: 0, max: 4_000_000_000 });
    fc.assert(
      fc.property(seconds, (at) => {
        expect(parseTimestamp(stamp(at * 1_000))).toBe(at * 1_000);
        expect(formatTimestamp(at * 1_000)).toBe(stamp(at * 1_000));
      }),
    );
  });
});
