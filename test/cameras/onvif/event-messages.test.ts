/** What cameras write in a PullMessagesResponse, each in its own way. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type CameraEvent, stateOf } from '../../../src/cameras/events.ts';
import { readEvents, readRemainingMs } from '../../../src/cameras/onvif/event-messages.ts';
import { parseXml } from '../../../src/cameras/xml.ts';

const NOW_MS = Date.UTC(2026, 0, 1, 12);
const NOW_US = NOW_MS * 1_000;

function read(content: string, currentTime = '2026-01-01T12:00:00Z', limit = 50): CameraEvent[] {
  const time = `<CurrentTime>${currentTime}</CurrentTime>`;
  const text = `<PullMessagesResponse>${time}${content}</PullMessagesResponse>`;
  return readEvents(parseXml(text, 512 * 1024), NOW_US, limit);
}

function message(attributes: string, items: string, topic = 'tns1:VideoSource/SignalLoss'): string {
  return `<wsnt:NotificationMessage><wsnt:Topic Dialect="x"> ${topic} </wsnt:Topic>
    <wsnt:Message><tt:Message ${attributes}>${items}</tt:Message></wsnt:Message></wsnt:NotificationMessage>`;
}

const LOST = `<tt:Source><tt:SimpleItem Name="Source" Value="0"/></tt:Source>
  <tt:Data><tt:SimpleItem Name="State" Value="true"/></tt:Data>`;

const timeOf = (currentTime: string, attributes: string) =>
  new Date((read(message(attributes, LOST), currentTime)[0]?.unixUs ?? 0) / 1_000).toISOString();

describe('events', () => {
  it('have a topic without prefixes, a source, data, and what kind of news they are', () => {
    const attributes = 'UtcTime="2026-01-01T11:59:58.5Z" PropertyOperation="Changed"';
    expect(read(message(attributes, LOST))).toEqual([
      {
        topic: 'VideoSource/SignalLoss',
        source: new Map([['Source', '0']]),
        data: new Map([['State', 'true']]),
        operation: 'Changed',
        unixUs: NOW_US - 1_500_000,
      },
    ]);
  });

  it.each([
    ['tns1:VideoSource/tnsacme:SignalLoss', 'VideoSource/SignalLoss'],
    ['/VideoSource/SignalLoss', 'VideoSource/SignalLoss'],
    ['ns0:RuleEngine/ns0:CellMotionDetector/Motion', 'RuleEngine/CellMotionDetector/Motion'],
  ])('name %s whatever the prefixes', (written, topic) => {
    expect(read(message('', LOST, written))).toMatchObject([{ topic }]);
  });

  it('pass without a source, without an operation, and with one element too few', () => {
    const bare = `<NotificationMessage><Topic>Device/Trigger/Relay</Topic><Message PropertyOperation="INITIALIZED">
      <Data><SimpleItem Name="LogicalState" Value="1"/></Data></Message></NotificationMessage>`;
    const [first, second] = read(`${bare}${message('', '')}`);
    expect(first).toMatchObject({ operation: 'Initialized', source: new Map(), unixUs: NOW_US });
    expect(second).toMatchObject({ operation: undefined, data: new Map() });
  });

  it('are dated by our clock, however wrong that of the camera is', () => {
    const at = (time: string) => `UtcTime="${time}"`;
    // seven years behind, and in a zone that is not named
    expect(timeOf('2019-05-05T01:00:10', at('2019-05-05T01:00:07'))).toBe(
      '2026-01-01T11:59:57.000Z',
    );
    expect(timeOf('2026-01-01T13:00:00+01:00', at('2026-01-01T11:59:59Z'))).toBe(
      '2026-01-01T11:59:59.000Z',
    );
  });

  it.each([
    ['from 1970', '1970-01-01T00:00:00Z'],
    ['in the future', '2026-01-01T12:00:01Z'],
    ['that is none', 'yesterday'],
  ])('are dated from their arrival when they bear a time %s', (_what, time) => {
    expect(timeOf('2026-01-01T12:00:00Z', `UtcTime="${time}"`)).toBe('2026-01-01T12:00:00.000Z');
  });

  it('are bounded in number, items and length', () => {
    const items = Array.from({ length: 100 }, (_, i) => `<SimpleItem Name="n${i}" Value="1"/>`);
    const long = `<Data>${items.join('')}</Data><Source><SimpleItem Name="a" Value="${'x'.repeat(999)}"/></Source>`;
    const read60 = read(message('', long).repeat(60));
    expect(read60).toHaveLength(50);
    expect(read60[0]?.data.size).toBe(32);
    expect(read60[0]?.source.get('a')).toHaveLength(256);
    expect(read(message('', LOST, `a/${'b'.repeat(300)}`))).toEqual([]);
    expect(read(message('', LOST, ''))).toEqual([]);
    expect(read('<NotificationMessage><Topic>a</Topic></NotificationMessage>')).toEqual([]);
  });

  it('are read from anything without an exception', () => {
    const piece = fc.constantFrom(
      ...['NotificationMessage', 'Topic', 'Message', 'Source', 'Data', 'SimpleItem', 'CurrentTime'],
    );
    const attribute = fc.constantFrom(
      '',
      ' UtcTime="9e99"',
      ' Name="__proto__" Value="1"',
      ' Value="1"',
    );
    const { tree } = fc.letrec<{ tree: string }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom('tns1:a/b', '2026-13-45T99:99', '', '-1'),
        fc
          .tuple(piece, attribute, fc.array(tie('tree'), { maxLength: 4 }))
          .map(([name, more, inner]) => `<${name}${more}>${inner.join('')}</${name}>`),
      ),
    }));
    fc.assert(
      fc.property(tree, (content) => {
        for (const event of read(content)) {
          expect(Number.isSafeInteger(event.unixUs)).toBe(true);
          expect(event.unixUs).toBeLessThanOrEqual(NOW_US);
          expect([true, false, undefined]).toContain(stateOf(event));
        }
      }),
    );
  });

  it.each([
    ['true', true],
    [' True', true],
    ['1', true],
    ['false', false],
    ['0', false],
    ['lost', undefined],
  ])('say with "%s" that something is so, is not, or neither', (value, expected) => {
    const data = `<tt:Data><tt:SimpleItem Name="Rule" Value="x"/><tt:SimpleItem Name="State" Value="${value}"/></tt:Data>`;
    const [event] = read(message('', data));
    expect(event && stateOf(event)).toBe(expected);
  });
});

it.each([
  ['2026-01-01T00:00:00Z', '2026-01-01T00:01:00Z', 60_000],
  ['2019-01-01T00:00:00', '2019-01-01T00:00:30.5', 30_500],
  ['2026-01-01T00:01:00Z', '2026-01-01T00:00:00Z', undefined],
  ['', '2026-01-01T00:00:00Z', undefined],
  ['now', 'later', undefined],
])('a subscription from %s to %s lives %s ms', (from, to, expected) => {
  const answer = parseXml(
    `<r><CurrentTime>${from}</CurrentTime><TerminationTime>${to}</TerminationTime></r>`,
    1_000,
  );
  expect(readRemainingMs(answer)).toBe(expected);
});
