import { describe, expect, it } from '@jest/globals';
import { findStamp } from '../../src/video/transcode/picture-stamp.ts';
import { judge, leastCpuMs, MAX_CPU_MS } from './judge.ts';
import { pasteable } from './paste.ts';
import { TARGETS } from './targets.ts';

const spaces = (count: number) => ' '.repeat(count);

/** Inputs that once broke a parser: name, target, input. */
const FOUND: readonly (readonly [name: string, target: string, ...pieces: (string | Buffer)[]])[] =
  [
    [
      'a reply with a long row of spaces and a bare carriage return (0.7 s)',
      'RTSP messages and interleaved frames',
      `RTSP/1.0 200${spaces(16_000)}\rx\r\n\r\n`,
    ],
    [
      'an SDP line with a long row of spaces inside (2 s)',
      'SDP, and what follows from it',
      `a=x${spaces(60_000)}x`,
    ],
    [
      'an rtpmap of spaces and a line separator (3 s)',
      'SDP, and what follows from it',
      `m=video 0 RTP/AVP 96\na=rtpmap:96 ${spaces(60_000)}\u2028x`,
    ],
    [
      'one payload type many times, with thousands of parameters (0.5 s, 120 MB)',
      'SDP, and what follows from it',
      `${`m=video 0 RTP/AVP${' 96'.repeat(32)}\n`}a=fmtp:96 ${Array.from({ length: 20_000 }, (_, i) => `${i}=`).join(';')}`,
    ],
    [
      'a Content-Base of number signs (0.7 s)',
      'Transport, Session and Content-Base headers',
      `rtsp://h/${'#'.repeat(16_000)}\rx`,
    ],
    [
      'a head that arrives in a thousand pieces (quadratic)',
      'RTSP messages and interleaved frames',
      'RTSP/1.0 200 OK\r\n',
      ...new Array<string>(4_000).fill('a\r\n'),
      '\r\n',
    ],
    [
      'a control address of thousands of control characters (0.1 s)',
      'SDP, and what follows from it',
      `m=video 0 RTP/AVP 96\na=control:${'\x03a'.repeat(60_000)}`,
    ],
    [
      'an HTTP reply with a hundred header fields (the end of the process)',
      'HTTP replies of the tunnel',
      `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(100)}`,
    ],
    [
      'thousands of starts of a message that are none (each cost a search and an error)',
      'RTSP messages and interleaved frames',
      'SET_PARAMETER * \n b\n\n'.repeat(3_000),
    ],
    [
      'starts of a message without an end of line',
      'RTSP messages and interleaved frames',
      'AAA '.repeat(30_000),
    ],
    ['an alias without its anchor', 'configuration', 'cameras: *a'],
    ['a merge key with something else than a map', 'configuration', '%YAML 1.1\n---\n<<: 3\n'],
    [
      'a map as a key, which merges what is no map',
      'configuration',
      '%YAML 1.1\n---\n: &a {{}}\n? <<: *a',
    ],
    ['aliases of aliases of aliases', 'configuration', bomb()],
    [
      'a box shorter than its header',
      'MP4 pictures (benchmarks)',
      Buffer.from('0000000000004000', 'hex'),
    ],
    ['a moof without traf', 'MP4 pictures (benchmarks)', Buffer.from('000000086d6f6f66', 'hex')],
    [
      'a zone of hundreds of digits (an alarm that could not be recorded, and was sent for ever)',
      'DC-09 messages, and what is answered and told',
      `"SIA-DCS"0001#1409[|Nri1/BA${'1'.repeat(600)}]`,
    ],
    [
      'an area of hundreds of digits, encrypted',
      'DC-09 contents of encrypted messages',
      `Nri${'1'.repeat(600)}HA`,
    ],
  ];

describe('what fuzzing found, and is mended', () => {
  it.each(FOUND)('%s', (_name, targetName, ...pieces) => {
    const target = TARGETS.find(({ name }) => name === targetName);
    if (!target) throw new Error(`no target ${targetName}`);
    const finding = judge(
      target,
      pieces.map((piece) => Buffer.from(piece)),
    );
    expect(finding && pasteable(finding)).toBeUndefined();
  });
});

describe('beyond the size of what is fuzzed', () => {
  it('a stamp is looked for in 8 MiB of SEI without a stall (0.1 s)', () => {
    const sei = Buffer.alloc(8 << 20, 0x55);
    sei.set([0x06, 0x05]);
    expect(leastCpuMs(() => findStamp([sei]), MAX_CPU_MS)).toBeLessThan(MAX_CPU_MS);
  });
});

/** Eight lists of eight of the list before. */
function bomb(): string {
  const lists = ['a', 'b', 'c', 'd', 'e'].map((name, index, names) => {
    const item = index === 0 ? 'x' : `*${names[index - 1]}`;
    return `${name}: &${name} [${new Array(8).fill(item).join(', ')}]\n`;
  });
  return `${lists.join('')}cameras: *e\n`;
}
