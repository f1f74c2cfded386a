import { describe, expect, it } from '@jest/globals';
import { parseSia } from '../../../src/alarms/dc09/sia.ts';
import { SIA_CODES } from '../../../src/alarms/dc09/sia-codes.ts';

const read = (data: string) =>
  parseSia(data)?.map(({ code, area, number, subject, user, label }) =>
    Object.fromEntries(
      Object.entries({ code, area, user, [subject]: number, label }).filter(
        ([, value]) => value !== undefined,
      ),
    ),
  );

describe('the SIA format', () => {
  it.each([
    ['Nri1/BA012', [{ code: 'BA', area: '1', zone: '12' }]],
    ['NBA2', [{ code: 'BA', zone: '2' }]],
    ['NRP', [{ code: 'RP' }]],
    ['Nti19:44/id1/RP', [{ code: 'RP', user: '1' }]],
    ['Nri2/id15/OP', [{ code: 'OP', area: '2', user: '15' }]],
    ['Nri1/OP005', [{ code: 'OP', area: '1', user: '5' }]],
    ['Npi0/AT', [{ code: 'AT' }]],
    ['Npi1/NL1', [{ code: 'NL', user: '1' }]],
    ['Nri0/RP0000', [{ code: 'RP' }]],
    ['Nri1CL0001^user^', [{ code: 'CL', area: '1', user: '1', label: 'user' }]],
    ["NRP000*'DECKERS'NM", [{ code: 'RP', label: 'DECKERS' }]],
    ['NBA03*"Front door"NM', [{ code: 'BA', zone: '3', label: 'Front door' }]],
    ['NBA03*Front door', [{ code: 'BA', zone: '3', label: 'Front door' }]],
    ['NBA03 FRONT DOOR', [{ code: 'BA', zone: '3', label: 'FRONT DOOR' }]],
    ['NRR|Atest', [{ code: 'RR', label: 'test' }]],
    ['0|NRP', [{ code: 'RP' }]],
    ['OBA7', [{ code: 'BA', zone: '7' }]],
    [
      'Nri1/BA01^Deur/links^/TA3/ri2/FA4',
      [
        { code: 'BA', area: '1', zone: '1', label: 'Deur/links' },
        { code: 'TA', area: '1', zone: '3' },
        { code: 'FA', area: '2', zone: '4' },
      ],
    ],
  ])('%s', (data, events) => {
    expect(read(data)).toEqual(events);
  });

  it.each(['', 'N', 'Nri1', '1130 02 001', 'BA1', 'N123'])('is not %s', (data) => {
    expect(parseSia(data)).toBeUndefined();
  });

  it('takes no more events than a panel puts into a message', () => {
    expect(parseSia(`N${'BA1/'.repeat(32)}`)).toHaveLength(32);
    expect(() => parseSia(`N${'BA1/'.repeat(33)}`)).toThrow(
      expect.objectContaining({ code: 'dc09-too-many-events' }),
    );
  });

  it.each([
    ['HA', 'hold-up', 1, 'Overvalalarm', 'Hold-up alarm', false],
    ['PA', 'hold-up', 1, 'Paniekalarm', 'Panic alarm', false],
    ['BA', 'burglary', 2, 'Inbraakalarm', 'Burglary alarm', false],
    ['BR', 'burglary', 2, 'Hersteld: inbraakalarm', 'Restored: burglary alarm', true],
    ['FA', 'fire', 1, 'Brandalarm', 'Fire alarm', false],
    [
      'FJ',
      'technical',
      3,
      'Hersteld: storing in brandzone',
      'Restored: trouble in fire zone',
      true,
    ],
    ['MA', 'medical', 1, 'Medisch alarm', 'Medical alarm', false],
    ['TA', 'tamper', 2, 'Sabotage', 'Tamper', false],
    ['WA', 'technical', 3, 'Wateralarm', 'Water alarm', false],
    ['AT', 'technical', 4, 'Netspanning weg', 'Mains power lost', false],
    ['AR', 'technical', 4, 'Hersteld: netspanning weg', 'Restored: mains power lost', true],
    ['BB', 'activity', 5, 'Overbrugd: inbraakzone', 'Bypassed: burglary zone', false],
    ['OP', 'activity', 5, 'Uitgeschakeld', 'Disarmed', false],
    ['RP', 'activity', 5, 'Automatische test', 'Automatic test', false],
    [
      'QQ',
      'other',
      3,
      'Melding met onbekende code QQ (SIA)',
      'Report with unknown code QQ (SIA)',
      false,
    ],
  ])('%s is %s of priority %s', (code, kind, priority, nl, en, isRestored) => {
    const [signal] = parseSia(`N${code}1`) ?? [];
    expect(signal).toMatchObject({ kind, priority, text: { nl, en }, isRestored });
  });

  it('has what ends under the name of what began', () => {
    for (const [code, { restores }] of SIA_CODES) {
      if (restores === undefined) continue;
      const [end] = parseSia(`N${code}5`) ?? [];
      const [begin] = parseSia(`N${restores}5`) ?? [];
      expect([code, end?.condition, end?.isRestored]).toEqual([code, begin?.condition, true]);
      expect(begin?.isRestored).toBe(false);
    }
  });

  it('has every code in both languages', () => {
    expect(SIA_CODES.size).toBeGreaterThan(250);
    for (const [code, { kind, priority, text }] of SIA_CODES) {
      expect([code, kind === 'activity']).toEqual([code, priority === 5]);
      expect(code).toMatch(/^[A-Z]{2}$/);
      expect(text.nl).not.toBe('');
      expect(text.en).not.toBe('');
    }
  });
});
