import { describe, expect, it } from '@jest/globals';
import { parseEnvelope } from '../../../src/alarms/dc09/envelope.ts';

const read = (text: string) => {
  const envelope = parseEnvelope(Buffer.from(text, 'latin1'));
  return envelope && { ...envelope, content: envelope.content.toString('latin1') };
};

describe('what surrounds a message', () => {
  it.each([
    ['"NULL"0000L0#1409[]', ['NULL', false, '0000', '', 'L0', '#1409']],
    ['"SIA-DCS"0001L#7303658550[x]', ['SIA-DCS', false, '0001', '', 'L', '#7303658550']],
    ['"*ADM-CID"6879R0L0#123F[00]', ['ADM-CID', true, '6879', 'R0', 'L0', '#123F']],
    [
      '"NULL"0000RC0FFDL1234#080027E62A64[]',
      ['NULL', false, '0000', 'RC0FFD', 'L1234', '#080027E62A64'],
    ],
    ['"SIA-DCS"9832L000000#2511[x]', ['SIA-DCS', false, '9832', '', 'L000000', '#2511']],
    [
      '"sia-dcs"000bRffffffLabcdef#abc[x]',
      ['SIA-DCS', false, '000b', 'Rffffff', 'Labcdef', '#abc'],
    ],
    ['"SIA-DCS"0001L[#9999|NBA2]', ['SIA-DCS', false, '0001', '', 'L', '']],
    ['"NULL"0001#1409[]', ['NULL', false, '0001', '', '', '#1409']],
  ])('is read: %s', (text, [token, isEncrypted, sequence, receiver, prefix, account]) => {
    const content = text.slice(text.indexOf('[') + 1);
    const told = { token, isEncrypted, sequence, receiver, prefix, account, content };
    expect(read(text)).toEqual(told);
  });

  it.each([
    ['no token', '0000L0#1409[]'],
    ['three digits of a sequence', '"NULL"000L0#1409[]'],
    ['an account of two digits', '"NULL"0000L0#14[]'],
    ['an account of 17 digits', '"NULL"0000L0#01234567890123456[]'],
    ['an account that is no number', '"NULL"0000L0#SHOP[]'],
    ['seven digits of a line', '"NULL"0000L1234567#1409[]'],
    ['no content', '"NULL"0000L0#1409'],
    ['nothing', ''],
  ])('is none: %s', (_, text) => {
    expect(read(text)).toBeUndefined();
  });
});
