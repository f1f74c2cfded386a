import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  Dc09Framer,
  type Frame,
  framesOf,
  MAX_BODY_BYTES,
} from '../../../src/alarms/dc09/framing.ts';
import { writeMessage } from '../../../src/simulator/panel/message.ts';
import { message } from './support.ts';

const NULL_1409 = '\nEA740027"NULL"0000L0#1409[]_20:38:07,08-27-2026\r';
/** ELDES, without a timestamp: CRC and length count the CR. */
const ELDES = '\nF19A002B"ADM-CID"0056L9999#9999[#9999|1900 00 001]\r';
/** A bare `L`, and a NUL behind the message. */
const BARE_L = '\nCEF0003F"SIA-DCS"0001L#7303658550[#7303658550|NBA4]_11:52:09,05-07-2019\r\0';

function read(...pieces: readonly (string | Buffer)[]): Frame[] {
  const frames: Frame[] = [];
  const framer = new Dc09Framer((frame) =>
    frames.push({ ...frame, body: Buffer.from(frame.body) }),
  );
  for (const piece of pieces) {
    framer.push(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece);
  }
  return frames;
}

const bodies = (...pieces: readonly (string | Buffer)[]) =>
  read(...pieces).map(({ body, isIntact }) => (isIntact ? body.toString('latin1') : 'damaged'));
const bodyOf = (text: string) => text.slice(9, text.indexOf('\r'));

describe('framing', () => {
  it.each([
    ['Pyronix, supervision', NULL_1409],
    ['ELDES counts the CR', ELDES],
    ['a NUL behind the message', BARE_L],
    [
      'Hikvision, data in a NULL',
      '\n821F003A"NULL"0000R0L0#AAAB[#0000|0000 00 000]_18:25:49,07-05-2020\r',
    ],
    [
      'ELDES, four digits of receiver and line',
      '\nAA1A0030"ADM-CID"0227R4F39L4F39#4F39[#4F39|3401 01 057]\r',
    ],
    ['Scantronic, no timestamp', '\n1908002B"SIA-DCS"0000L0#3080[#3080|Nti19:44/id1/RP]\r'],
    ['Satel', '\nD8910037"SIA-DCS"0097L0#ABCD[#0000|Npi0/AT]_11:26:04,03-01-2026\r'],
    [
      'Satel Perfecta',
      '\n80DA0040"SIA-DCS"0002L0#AA1234[#AA1234|Nri2/id15/OP]_10:03:32,06-14-2023\r',
    ],
    [
      'Dahua, words in extended data',
      '\nBC160045"SIA-DCS"0178L0#5555[#5555|Npi1/NL1][RLivingRoom]_16:39:25,08-25-2026\r',
    ],
    ['no account in front', '\n9F0D001A"SIA-DCS"0001L[#9999|NBA2]\r\0'],
    ['AlphaVision XL', '\n12FA0021"SIA-DCS"0014L0#0001[#0001|0|NRP]\r'],
    ['digits in lower case', '\nea740027"NULL"0000L0#1409[]_20:38:07,08-27-2026\r'],
  ])('of what a panel really sent: %s', (_, text) => {
    expect(bodies(text)).toEqual([bodyOf(text)]);
  });

  it('takes the CRC as two bytes, whatever these look like', () => {
    for (let sequence = 0; sequence < 2_000; sequence += 1) {
      const bytes = writeMessage(message({ sequence }), undefined, { binaryCrc: true });
      const [frame, ...others] = framesOf(bytes);
      expect([frame?.crcForm, frame?.isIntact, others.length]).toEqual(['binary', true, 0]);
    }
  });

  it('tells a damaged message from a whole one', () => {
    expect(bodies(NULL_1409.replace('1409', '1408'))).toEqual(['damaged']);
  });

  it('finds several messages in one piece, with anything between them', () => {
    expect(bodies(`noise\n\n${NULL_1409}\0\0\r\n${ELDES}GET / HTTP/1.1\r\n${BARE_L}`)).toEqual(
      [NULL_1409, ELDES, BARE_L].map(bodyOf),
    );
  });

  it('goes on with the next when one breaks off, or its length is wrong', () => {
    const broken = NULL_1409.slice(0, 20);
    const tooLong = NULL_1409.replace('0027', '0FFF');
    const tooShort = NULL_1409.replace('0027', '0010');
    expect(bodies(broken + NULL_1409)).toEqual([bodyOf(NULL_1409)]);
    expect(bodies(tooLong + ELDES)).toEqual([bodyOf(ELDES)]);
    expect(bodies(tooShort + ELDES)).toEqual([bodyOf(ELDES)]);
  });

  it('does not depend on how the bytes are cut', () => {
    const stream = Buffer.from(
      `\n12${NULL_1409}${BARE_L}${NULL_1409.replace('0027', '0FFF')}${ELDES}`,
      'latin1',
    );
    const whole = bodies(stream);
    expect(whole).toHaveLength(3);
    for (let cut = 1; cut < stream.length; cut += 1) {
      expect(bodies(stream.subarray(0, cut), stream.subarray(cut))).toEqual(whole);
    }
    expect(bodies(...[...stream].map((byte) => Buffer.from([byte])))).toEqual(whole);
  });

  it('gives back what was written, in either form of the CRC', () => {
    const text = fc.stringMatching(/^[ -\\^-~]{0,200}$/);
    fc.assert(
      fc.property(text, fc.boolean(), fc.boolean(), (data, binaryCrc, countsCr) => {
        const bytes = writeMessage(message({ data }), undefined, { binaryCrc, countsCr });
        const [frame] = framesOf(bytes);
        expect(frame?.isIntact).toBe(true);
        expect(frame?.body.toString('latin1')).toContain(`[${data}]_20:38:07,08-27-2026`);
      }),
    );
  });

  it('takes the longest message that the length can tell of', () => {
    const room = MAX_BODY_BYTES - '"SIA-DCS"0001L0#1409[]_20:38:07,08-27-2026'.length;
    const [frame] = framesOf(writeMessage(message({ data: 'x'.repeat(room) })));
    expect([frame?.isIntact, frame?.body.length]).toEqual([true, MAX_BODY_BYTES]);
  });

  it('gives up on what is not DC-09', () => {
    const framer = new Dc09Framer(() => undefined);
    const page = Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(100));
    const flood = () => {
      for (let i = 0; i < 100; i += 1) framer.push(page);
    };
    expect(flood).toThrow(expect.objectContaining({ code: 'dc09-framing-lost' }));
  });

  it('keeps what came before the noise in a datagram', () => {
    const datagram = Buffer.concat([Buffer.from(NULL_1409), Buffer.alloc(60_000, '\n')]);
    expect(framesOf(datagram)).toHaveLength(1);
  });
});
