/** RTP payloads of other codecs, to what a decoder takes. */
import { describe, expect, it } from '@jest/globals';
import { startFfmpeg } from '../../../src/video/transcode/ffmpeg.ts';
import { requireForeignCodec } from '../../../src/video/transcode/foreign-codec.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

const CASES: [string, string, string[], string[]][] = [
  ['MP4V-ES', 'as it is', ['000001b6 10', 'aabb'], ['000001b610aabb']],
  ['MPV', 'without its header', ['00002000 000001b3', '00000000 00000100'], ['000001b300000100']],
  ['MPV', 'without that of MPEG-2', ['04002000 ffffffff 000001b3'], ['000001b3']],
  ['MPV', 'of which nothing is there', ['04'], ['']],
  ['H263-1998', 'with the zeros that P stands for', ['0400 8102', '0000 aa'], ['00008102aa']],
  ['H263-1998', 'without what protects its header', ['0600 ff 8102'], ['00008102']],
  ['H263-1998', 'without a second header', ['0410 eeee 8102'], ['00008102']],
  ['H263-1998', 'of half a header', ['0400 8102', '04'], []],
  ['H263', 'of whole bytes', ['00600000 000080', '00600000 aabb'], ['000080aabb']],
  ['H263', 'in mode B and C', ['80600000 00000000 01', 'c0600000 00000000 00000000 02'], ['0102']],
  // 3 bits of the last byte are missing, and 5 of the first are foreign.
  ['H263', 'whose bytes are cut in two', ['03600000 00f8', '28600000 07aa'], ['00ffaa']],
  ['H263', 'whose cut bytes hold more', ['03600000 00ff', '28600000 ffaa'], ['00ffaa']],
  ['H263', 'whose byte is cut in three', ['04600000 a0', '22600000 0c', '30600000 03'], ['af']],
  ['H263', 'whose bytes do not fit', ['03600000 00f8', '20600000 07aa'], []],
  ['H263', 'that begins in the middle', ['28600000 07aa'], []],
  ['H263', 'of nothing', ['00600000'], []],
  ['VP8', 'without descriptors', ['10 50', '00 51', '9080 8701 52'], ['505152']],
  ['VP8', 'of which nothing is there', ['90f0'], ['']],
  ['VP9', 'without descriptors', ['88 07 82', '80 07 83', '0a 0802 04ff00 84'], ['828384']],
  ['THEORA', 'whole', ['aabbcc 01 0002 3fff'], ['3fff']],
  ['THEORA', 'together with others', ['aabbcc 02 0002 3fff 0001 7f'], ['3fff', '7f']],
  ['THEORA', 'shown for longer', ['aabbcc 02 0002 3fff 0000'], ['3fff']],
  [
    'THEORA',
    'in parts',
    ['aabbcc 40 0001 3f', 'aabbcc 80 0001 ee', 'aabbcc c0 0001 ff'],
    ['3feeff'],
  ],
  ['THEORA', 'that goes on', ['aabbcc 40 0001 3f'], []],
  ['THEORA', 'among parts of another', ['aabbcc 40 0001 3f', 'aabbcc 01 0001 3f'], []],
  ['THEORA', 'shorter than it says', ['aabbcc 01 0003 3fff'], []],
  ['THEORA', 'beside a header', ['aabbcc 11 0001 80', 'aabbcc 01 0001 3f'], ['3f']],
  ['THEORA', 'of half a header', ['aabbcc'], []],
  ['THEORA', 'of more than share a packet', Array(16).fill('aabbcc 01 0001 3f'), []],
];

it.each(CASES)('a picture in %s, %s', (name, _, payloads, expected) => {
  const depacketize = requireForeignCodec(name).depacketizer();
  expect(depacketize(payloads.map(hex)).map((each) => each.toString('hex'))).toEqual(expected);
});

describe('what a decoder has to know', () => {
  const setup = (name: string, parameters: Record<string, string>) =>
    requireForeignCodec(name)
      .setup?.(new Map(Object.entries(parameters)))
      ?.toString('hex');

  it('of MPEG-4 Part 2 is told in hexadecimal, or not at all', () => {
    expect(setup('MP4V-ES', { config: '000001B001' })).toBe('000001b001');
    for (const config of ['', '000', 'zz', `00${'\r\n'}`, '00'.repeat(4_097)])
      expect(setup('MP4V-ES', { config })).toBeUndefined();
    expect(setup('MP4V-ES', {})).toBeUndefined();
  });

  it('of Theora is told in base64: three headers, of which the last is as long as it is', () => {
    const told = (text: string) => setup('THEORA', { configuration: hex(text).toString('base64') });
    const long = 'cc'.repeat(300);
    expect(told(`00000001 aabbcc 0000 02 02 822c aabb ${long} dd`)).toBe(`0202ff2daabb${long}dd`);
    expect(told('00000001 aabbcc 0000 02 02 05 aabb')).toBeUndefined();
    expect(told('00000001 aabbcc 0000 01 02 aabb')).toBeUndefined();
    expect(told(`00000001 aabbcc 0000 02 ${'ff'.repeat(20)}`)).toBeUndefined();
    expect(told('')).toBeUndefined();
    expect(setup('THEORA', {})).toBeUndefined();
  });
});

/** | offset | type | Q | width | height | behind them whatever is given. */
const part = (offset: number, q: number, rest: string, type = 1) =>
  Buffer.concat([Buffer.of(0, 0, offset >> 8, offset & 255, type, q, 2, 2), hex(rest)]);
const table = (value: string) => value.repeat(64);
const SCAN = 'f8be8a28a00280';

describe('a picture in JPEG', () => {
  const made = (...payloads: Buffer[]) =>
    requireForeignCodec('JPEG').depacketizer()(payloads)[0]?.toString('hex');

  it('has the tables of its quality, those of the standard at 50', () => {
    expect(made(part(0, 50, SCAN))).toMatch(
      new RegExp(`^ffd8ffdb00840010 0b0c0e0c0a100e.* 01 1112121815`.replaceAll(' ', '')),
    );
    expect(made(part(0, 99, SCAN))).toContain('ffdb008400010101');
    expect(made(part(0, 1, SCAN))).toContain('ffdb008400ffffff');
  });

  it('has the tables that it brings, which may be one for all', () => {
    const two = made(part(0, 255, `0000 0080 ${table('03')} ${table('04')} ${SCAN}`));
    expect(two).toContain(`ffdb008400${table('03')}01${table('04')}`);
    expect(two).toContain('ffc0001108001000100301220002110103110 1'.replace(' ', ''));
    const one = made(part(0, 255, `0000 0040 ${table('03')} ${SCAN}`));
    expect(one).toContain(`ffdb004300${table('03')}ffc0`);
    expect(one).toContain('0301220002110003110 0'.replace(' ', ''));
  });

  it('has those of an earlier one, where they are sent once', () => {
    const depacketize = requireForeignCodec('JPEG').depacketizer();
    const without = [part(0, 200, `0000 0000 ${SCAN}`)];
    expect(depacketize(without)).toEqual([]);
    const [first] = depacketize([part(0, 200, `0000 0040 ${table('03')} ${SCAN}`)]);
    expect(first?.length).toBeGreaterThan(100);
    expect(depacketize(without)).toEqual([first]);
    expect(depacketize([part(0, 201, `0000 0000 ${SCAN}`)])).toEqual([]);
    const own = [part(0, 255, `0000 0040 ${table('03')} ${SCAN}`)];
    expect(depacketize(own)).toEqual([first]);
    expect(depacketize([part(0, 255, `0000 0000 ${SCAN}`)])).toEqual([]);
  });

  it('is put together of its parts, each where it says that it is', () => {
    expect(made(part(0, 80, 'aabbccddee'), part(5, 80, '1122'))).toMatch(
      /003f00aabbccddee1122ffd9$/,
    );
    expect(made(part(0, 80, 'aabbccddee'), part(6, 80, '1122'))).toBeUndefined();
    expect(made(part(1, 80, 'aabbccddee'))).toBeUndefined();
  });

  it('says how often it restarts', () => {
    expect(made(part(0, 80, '0007 ffff aabbcc', 65), part(3, 80, '0007 ffff 11', 65))).toMatch(
      /ffdd00040007ffc0.*003f00aabbcc11ffd9$/,
    );
  });

  it.each([
    ['tables of sixteen bits', `0001 0040 ${table('03')} ${SCAN}`],
    ['half a table', `0000 0020 ${'03'.repeat(32)} ${SCAN}`],
    ['too many tables', `0000 0100 ${table('03').repeat(4)} ${SCAN}`],
    ['tables beyond its end', `0000 0040 ${'03'.repeat(20)}`],
    ['nothing', '0000'],
  ])('is none with %s', (_, rest) => {
    expect(made(part(0, 255, rest))).toBeUndefined();
    expect(made(part(0, 255, rest), part(0, 255, rest))).toBeUndefined();
  });

  it('is none of another type than there are, which is said', () => {
    const { hindrance } = requireForeignCodec('JPEG');
    expect(hindrance?.(part(0, 80, SCAN, 2))).toContain('type 2');
    expect(hindrance?.(part(0, 80, SCAN, 128))).toContain('type 128');
    for (const type of [0, 1, 64, 65]) expect(hindrance?.(part(0, 80, SCAN, type))).toBeUndefined();
  });

  it.each([0, 1])('of type %i is one for a decoder', async (type) => {
    const picture = made(part(0, 80, SCAN, type));
    const decoding = startFfmpeg({
      name: 'JPEG',
      inputOptions: ['-f', 'mjpeg'],
      input: 'pipe:0',
      outputOptions: ['-f', 'rawvideo', '-pix_fmt', 'gray'],
      output: 'pipe:1',
    });
    decoding.stdin.end(Buffer.from(picture ?? '', 'hex'));
    const pixels: Buffer[] = [];
    decoding.stdout.on('data', (chunk: Buffer) => pixels.push(chunk));
    await decoding.exited;
    expect(Buffer.concat(pixels)).toHaveLength(16 * 16);
  });
});
