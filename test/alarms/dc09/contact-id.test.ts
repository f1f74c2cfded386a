import { describe, expect, it } from '@jest/globals';
import { parseContactId } from '../../../src/alarms/dc09/contact-id.ts';
import {
  CONTACT_ID_CLOSINGS,
  CONTACT_ID_CODES,
} from '../../../src/alarms/dc09/contact-id-codes.ts';

const facts = (data: string) => {
  const signal = parseContactId(data);
  if (!signal) return undefined;
  const { kind, priority, text, isRestored, area, number, subject } = signal;
  return [kind, priority, text.nl, text.en, isRestored, area, subject, number];
};

describe('Contact ID', () => {
  it.each([
    ['1130 02 001', ['burglary', 2, 'Inbraakalarm', 'Burglary alarm', false, '2', 'zone', '1']],
    [
      '3130 02 001',
      ['burglary', 2, 'Hersteld: inbraakalarm', 'Restored: burglary alarm', true, '2', 'zone', '1'],
    ],
    ['6130 02 001', ['burglary', 2, 'Inbraakalarm', 'Burglary alarm', false, '2', 'zone', '1']],
    [
      '1122 00 012',
      ['hold-up', 1, 'Overvalalarm, stil', 'Hold-up alarm, silent', false, undefined, 'zone', '12'],
    ],
    [
      '1121 01 003',
      ['hold-up', 1, 'Dwangcode gebruikt', 'Duress code used', false, '1', 'user', '3'],
    ],
    ['1110 00 000', ['fire', 1, 'Brandalarm', 'Fire alarm', false, undefined, 'zone', undefined]],
    [
      '1100 00 000',
      ['medical', 1, 'Medisch alarm', 'Medical alarm', false, undefined, 'zone', undefined],
    ],
    ['1137 00 000', ['tamper', 2, 'Sabotage', 'Tamper', false, undefined, 'zone', undefined]],
    [
      '1301 00 000',
      ['technical', 4, 'Netspanning weg', 'Mains power lost', false, undefined, 'zone', undefined],
    ],
    ['1401 01 057', ['activity', 5, 'Uitgeschakeld', 'Disarmed', false, '1', 'user', '57']],
    ['3401 01 057', ['activity', 5, 'Ingeschakeld', 'Armed', true, '1', 'user', '57']],
    [
      '1602 00 000',
      ['activity', 5, 'Periodieke test', 'Periodic test', false, undefined, 'zone', undefined],
    ],
    ['113002001', ['burglary', 2, 'Inbraakalarm', 'Burglary alarm', false, '2', 'zone', '1']],
  ])('%s', (data, expected) => {
    expect(facts(data)).toEqual(expected);
  });

  it('shows an unknown code rather than to lose it', () => {
    expect(facts('1799 01 002')).toEqual([
      'other',
      3,
      'Melding met onbekende code 799 (Contact ID)',
      'Report with unknown code 799 (Contact ID)',
      false,
      '1',
      'zone',
      '2',
    ]);
  });

  it('keeps the words of a panel', () => {
    expect(parseContactId('1130 01 004 ^Achterdeur^')?.label).toBe('Achterdeur');
  });

  it.each(['', '1130', '2130 01 001', '1130 01 0001', 'Nri1/BA1', 'xxxxxxxxx'])(
    'is not %s',
    (data) => {
      expect(parseContactId(data)).toBeUndefined();
    },
  );

  it('has each code once, in both languages', () => {
    expect(CONTACT_ID_CODES.size).toBeGreaterThan(200);
    for (const [code, { kind, priority, text }] of CONTACT_ID_CODES) {
      expect([code, kind === 'activity']).toEqual([
        code,
        priority === 5 && !/Printer/.test(text.en),
      ]);
      expect(code).toMatch(/^[0-9]{3}$/);
      expect(text.nl).not.toBe('');
      expect(text.en).not.toBe('');
    }
    for (const code of CONTACT_ID_CLOSINGS.keys()) {
      expect(CONTACT_ID_CODES.get(code)?.kind).toBe('activity');
    }
  });
});
