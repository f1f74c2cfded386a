import { describe, expect, it } from '@jest/globals';
import { LiveViewError } from '../../../src/core/errors.ts';
import { decryptChain } from '../../../src/simulator/panel/block-chain.ts';
import { readReply } from '../../../src/simulator/panel/reply.ts';
import { Centre, KEYS, panel, THEN_UNIX_MS, withKey } from './support.ts';

const NULL_1409 = '\nEA740027"NULL"0000L0#1409[]_20:38:07,08-27-2026\r';
const ACK_1409 = '\n59890012"ACK"0000L0#1409[]\r';
const NAK_NOW = '\n"NAK"0000R0L0A0[]_20:38:07,08-27-2026';

/** Without LF, CRC, length and CR. */
const bodyOf = (reply: string | undefined) => reply?.slice(9, -1);

describe('replies, byte by byte', () => {
  it('acknowledges the supervision of the field notes', () => {
    const centre = new Centre([panel('1409')]);
    expect(centre.hear(NULL_1409)).toBe(ACK_1409);
    expect(centre.reports).toEqual([]);
  });

  it('acknowledges it whenever it comes: what is not encrypted may have any time', () => {
    const centre = new Centre([panel('1409')]);
    centre.clock.advance(86_400_000);
    expect(centre.hear(NULL_1409)).toBe(ACK_1409);
  });

  it('sends receiver, prefix and account back as they came', () => {
    const centre = new Centre([panel('7303658550'), panel('14AF')]);
    const bare = '\nCEF0003F"SIA-DCS"0001L#7303658550[#7303658550|NBA4]_11:52:09,05-07-2019\r';
    expect(bodyOf(centre.hear(bare))).toBe('"ACK"0001L#7303658550[]');
    const reply = centre.hearMessage({
      sequence: 42,
      receiver: '1a',
      prefix: '00B',
      account: '14af',
    });
    expect(bodyOf(reply)).toBe('"ACK"0042R1aL00B#14af[]');
  });

  it('writes the CRC as the panel does', () => {
    const centre = new Centre([panel('1409')]);
    const reply = centre.hearMessage({ id: 'NULL', sequence: 0, data: '' }, undefined, {
      binaryCrc: true,
    });
    expect(reply).toBe(`\n\x59\x890012"ACK"0000L0#1409[]\r`);
  });

  it('acknowledges ELDES, which counts the CR and has no time', () => {
    const centre = new Centre([panel('9999')]);
    const eldes = '\nF19A002B"ADM-CID"0056L9999#9999[#9999|1900 00 001]\r';
    expect(bodyOf(centre.hear(eldes))).toBe('"ACK"0056L9999#9999[]');
  });

  it('says nothing to a damaged message, to a reply, and to what is no message', () => {
    const centre = new Centre([panel('1409')]);
    expect(centre.hear(NULL_1409.replace('1409', '1408'))).toBeUndefined();
    expect(centre.hear(ACK_1409)).toBeUndefined();
    expect(centre.hearMessage({ id: 'x_y' })).toBeUndefined();
    expect(centre.answering.counts.unanswered).toBe(3);
  });

  it.each([
    ['a format that it does not know', { id: 'ACR-SF' }],
    ['no event', { data: '' }],
    ['Contact ID that is none', { id: 'ADM-CID', data: '#1409|130' }],
    ['more events than a panel sends', { data: `#1409|N${'BA1/'.repeat(40)}` }],
  ])('says DUH to %s', (_, more) => {
    const centre = new Centre([panel('1409')]);
    expect(bodyOf(centre.hearMessage(more))).toBe('"DUH"0001L0#1409[]');
    expect(centre.reports).toEqual([]);
  });

  it('says DUH to an account that it does not know, raises nothing, and says so once a minute', () => {
    const centre = new Centre([panel('1409')]);
    for (let sequence = 1; sequence <= 10; sequence += 1) {
      const reply = bodyOf(centre.hearMessage({ account: '6666', sequence }));
      expect(reply).toBe(`"DUH"00${String(sequence).padStart(2, '0')}L0#6666[]`);
    }
    expect(centre.reports).toEqual([]);
    expect(centre.log.warnings).toHaveLength(1);
  });

  it('does not let strangers have it say DUH without end', () => {
    const centre = new Centre([panel('1409')]);
    const replies = Array.from({ length: 200 }, (_, sequence) =>
      centre.hearMessage({ account: '6666', sequence }),
    );
    expect(replies.filter((reply) => reply !== undefined)).toHaveLength(50);
    expect(bodyOf(centre.hearMessage())).toBe('"ACK"0001L0#1409[]');
  });
});

describe.each(Object.entries(KEYS))('AES of %s bits', (_, key) => {
  it.each([
    ['SIA-DCS', '#1409|Nri1/HA12'],
    ['ADM-CID', '#1409|1122 01 012'],
    ['NULL', ''],
  ])('goes there and back for %s', (id, data) => {
    const centre = new Centre([withKey('1409', key)]);
    const reply = centre.hearMessage({ id, data }, key) ?? '';
    expect(bodyOf(reply)).toMatch(/^"\*ACK"0001L0#1409\[[0-9A-F]{64}$/);
    const read = readReply(Buffer.from(reply, 'latin1'), key);
    expect(read).toMatchObject({ kind: 'ACK', isEncrypted: true, time: '20:38:07,08-27-2026' });
    expect(centre.reports).toHaveLength(id === 'NULL' ? 0 : 1);
  });

  it('encrypts what the field notes say: padding, a bar, the end of the data, the time', () => {
    const centre = new Centre([withKey('1409', key)]);
    const [, hex = ''] = /\[(.*)\r$/.exec(centre.hearMessage({ data: '|NRP' }, key) ?? '') ?? [];
    const plain = decryptChain(key, Buffer.from(hex, 'hex')).toString('latin1');
    expect(plain).toBe('AAAAAAAAA|]_20:38:07,08-27-2026'.padStart(32, 'A'));
  });
});

describe('a panel with a key', () => {
  const key = KEYS[128];

  it('is refused in the clear, alarms and supervision alike', () => {
    const centre = new Centre([withKey('1409', key)]);
    expect(bodyOf(centre.hearMessage())).toBe('"DUH"0001L0#1409[]');
    expect(bodyOf(centre.hear(NULL_1409))).toBe('"DUH"0000L0#1409[]');
    expect(centre.reports).toEqual([]);
  });

  it('is taken in the clear where the configuration says so', () => {
    const centre = new Centre([withKey('1409', key, { takesPlain: true })]);
    expect(bodyOf(centre.hearMessage())).toBe('"ACK"0001L0#1409[]');
    expect(bodyOf(centre.hearMessage({ sequence: 2 }, key))).toMatch(/^"\*ACK"0002/);
  });

  it('is told DUH when it encrypts with another, or there is none', () => {
    const centre = new Centre([withKey('1409', key), panel('1410')]);
    expect(bodyOf(centre.hearMessage({}, KEYS[256]))).toBe('"DUH"0001L0#1409[]');
    expect(bodyOf(centre.hearMessage({ account: '1410' }, key))).toBe('"DUH"0001L0#1410[]');
    expect(centre.reports).toEqual([]);
  });

  it.each([
    [20_000, true],
    [21_000, false],
    [-40_000, true],
    [-41_000, false],
  ])('may be %s ms ahead: %s', (aheadMs, isTaken) => {
    const centre = new Centre([withKey('1409', key)]);
    const reply = bodyOf(centre.hearMessage({ timeUnixMs: THEN_UNIX_MS + aheadMs }, key));
    if (isTaken) expect(reply).toMatch(/^"\*ACK"/);
    else expect(`\n${reply}`).toBe(NAK_NOW);
    expect(centre.reports).toHaveLength(isTaken ? 1 : 0);
  });

  it('is told the time by a NAK in the clear, byte by byte', () => {
    const centre = new Centre([withKey('1409', key)]);
    centre.clock.stepWall((Date.UTC(2015, 3, 14, 16, 9, 9) - THEN_UNIX_MS) * 1_000);
    expect(centre.hearMessage({}, key)).toBe('\n3C830025"NAK"0000R0L0A0[]_16:09:09,04-14-2015\r');
  });

  it('has to tell the time', () => {
    const centre = new Centre([withKey('1409', key)]);
    expect(`\n${bodyOf(centre.hearMessage({ timeUnixMs: undefined }, key))}`).toBe(NAK_NOW);
  });

  it('may have any time where the configuration says so', () => {
    const centre = new Centre([withKey('1409', key, { timeCheck: 'none' })]);
    expect(bodyOf(centre.hearMessage({ timeUnixMs: 0 }, key))).toMatch(/^"\*ACK"/);
    expect(centre.reports[0]).not.toHaveProperty('occurredUnixMs');
  });

  it('must have the right time in the clear too where the configuration says so', () => {
    const centre = new Centre([panel('1409', { timeCheck: 'all' })]);
    expect(`\n${bodyOf(centre.hearMessage({ timeUnixMs: 0 }))}`).toBe(NAK_NOW);
    expect(bodyOf(centre.hearMessage({ timeUnixMs: undefined }))).toBe('"ACK"0001L0#1409[]');
  });
});

describe('an acknowledgement', () => {
  it('is given when the alarm is recorded, and not before', () => {
    const centre = new Centre([panel('1409')]);
    centre.fault = new LiveViewError('journal-unwritable', 'the disk is full');
    expect(centre.hearMessage()).toBeUndefined();
    expect(centre.hearMessage()).toBeUndefined();
    expect(centre.log.warnings).toEqual(['an alarm cannot be recorded; it is not acknowledged']);
    centre.fault = undefined;
    expect(bodyOf(centre.hearMessage())).toBe('"ACK"0001L0#1409[]');
    expect(centre.texts).toEqual(['Hold-up alarm, zone 12, area 1']);
  });

  it('of supervision and of what is no alarm needs no record', () => {
    const centre = new Centre([panel('1409')]);
    centre.fault = new LiveViewError('journal-unwritable', 'the disk is full');
    expect(centre.hear(NULL_1409)).toBe(ACK_1409);
    expect(bodyOf(centre.hearMessage({ data: '#1409|Nri1/OP5' }))).toBe('"ACK"0001L0#1409[]');
    expect(centre.answering.counts).toMatchObject({ acknowledged: 2, activities: 1 });
  });

  it('is not given to more than a panel can have to say', () => {
    const centre = new Centre([panel('1409'), panel('1410')]);
    const replies = Array.from({ length: 200 }, (_, index) =>
      centre.hearMessage({ sequence: index + 1, data: `#1409|NBA${index}` }),
    );
    expect(replies.filter((reply) => reply !== undefined)).toHaveLength(60);
    expect(centre.reports).toHaveLength(60);
    expect(bodyOf(centre.hearMessage({ account: '1410' }))).toBe('"ACK"0001L0#1410[]');
    centre.clock.advance(1_000);
    expect(bodyOf(centre.hearMessage({ sequence: 500, data: '#1409|NBA500' }))).toContain('ACK');
  });
});

describe('what is told', () => {
  it('names the zone, what sees it, and what the message said besides', () => {
    const zones = new Map([['12', { name: 'Toonbank', cameras: ['shop-1'] }]]);
    const centre = new Centre([panel('1409', { zones, cameras: ['square-1'] })]);
    centre.hearMessage({
      data: '#1409|Nri1/id7/HA012^BALIE^',
      extended: ['Vhttp://192.0.2.9/1.jpg', 'IKassa', 'X004E28.62', 'Y51N55.34'],
    });
    expect(centre.reports).toEqual([
      {
        account: '1409',
        site: 'jeweller',
        kind: 'hold-up',
        priority: 1,
        text: {
          nl: 'Overvalalarm, zone 12 (Toonbank), gebied 1, gebruiker 7',
          en: 'Hold-up alarm, zone 12 (Toonbank), area 1, user 7',
        },
        cameras: ['shop-1'],
        key: 'HA/1/12',
        occurredUnixMs: THEN_UNIX_MS,
        restored: false,
        once: expect.stringMatching(/^[\w-]{43} 20:38:07,08-27-2026 0$/),
        details: {
          account: '1409',
          format: 'SIA',
          code: 'HA',
          area: '1',
          zone: '12',
          user: '7',
          label: 'BALIE',
          sequence: '0001',
          encrypted: 'no',
          image: 'http://192.0.2.9/1.jpg',
          words: 'Kassa',
          longitude: '004E28.62',
          latitude: '51N55.34',
        },
      },
    ]);
  });

  it('is the same thing when it is over', () => {
    const centre = new Centre([panel('1409')]);
    centre.hearMessage({ id: 'ADM-CID', data: '#1409|1130 01 004' });
    centre.hearMessage({ id: 'ADM-CID', data: '#1409|3130 01 004', sequence: 2 });
    centre.hearMessage({ data: '#1409|Nri1/TA4', sequence: 3 });
    centre.hearMessage({ data: '#1409|Nri1/TH4', sequence: 4 });
    const told = centre.reports.map(({ key, restored }) => [key, restored]);
    expect(told).toEqual([
      ['130/1/4', false],
      ['130/1/4', true],
      ['TA/1/4', false],
      ['TA/1/4', true],
    ]);
  });

  it('is each event of a message that holds several, openings and tests aside', () => {
    const centre = new Centre([panel('1409', { cameras: ['shop-1'] })]);
    const reply = centre.hearMessage({ data: '#1409|Nri1/BA1/OP2/TA3/RP' });
    expect(bodyOf(reply)).toBe('"ACK"0001L0#1409[]');
    expect(centre.texts).toEqual(['Burglary alarm, zone 1, area 1', 'Tamper, zone 3, area 1']);
    expect(centre.reports.map(({ cameras }) => cameras)).toEqual([['shop-1'], ['shop-1']]);
    expect(new Set(centre.reports.map(({ once }) => once)).size).toBe(2);
    expect(centre.answering.counts.activities).toBe(2);
  });

  it('has the time of the panel only where its clock is right', () => {
    const centre = new Centre([panel('1409')]);
    const anHourAgo = THEN_UNIX_MS - 3_600_000;
    centre.hearMessage({ extended: ['H20:30:00,08-27-2026'] });
    centre.hearMessage({ sequence: 2, timeUnixMs: anHourAgo });
    const [right, wrong] = centre.reports;
    expect(right?.occurredUnixMs).toBe(Date.UTC(2026, 7, 27, 20, 30, 0));
    expect(wrong).not.toHaveProperty('occurredUnixMs');
    expect(wrong?.details['panelTime']).toBe('19:38:07,08-27-2026');
  });

  it('belongs to the account in front; another one in the data is only told', () => {
    const centre = new Centre([panel('1409'), panel('0001', { site: 'square' })]);
    centre.hearMessage({ data: '#0001|NBA1' });
    expect(centre.reports[0]).toMatchObject({ account: '1409', site: 'jeweller' });
    expect(centre.reports[0]?.details['accountInMessage']).toBe('0001');
  });

  it('belongs to the account in the data where there is none in front', () => {
    const centre = new Centre([panel('9999')]);
    expect(bodyOf(centre.hear('\n9F0D001A"SIA-DCS"0001L[#9999|NBA2]\r\0'))).toBe('"ACK"0001L[]');
    expect(centre.texts).toEqual(['Burglary alarm, zone 2']);
  });

  it('is of other panels after a change of the configuration', () => {
    const centre = new Centre([panel('1409')]);
    centre.update([panel('1410')]);
    expect(bodyOf(centre.hearMessage())).toBe('"DUH"0001L0#1409[]');
    expect(bodyOf(centre.hearMessage({ account: '1410' }))).toBe('"ACK"0001L0#1410[]');
  });
});
