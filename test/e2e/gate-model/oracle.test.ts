import { describe, expect, it } from '@jest/globals';
import type { Actor, Entry, JsonObject } from '../../../src/journal/record.ts';
import { type Rule, violations } from './oracle.ts';
import type { Seen, Sight } from './seen.ts';

/** What the model test asks, shown to find what it is there for: journals and sights made by hand. */
const OPERATOR: Actor = { user: 'olga', role: 'operator' };
const VIEWER: Actor = { user: 'rotterdam-1', role: 'dispatcher', controlRoom: 'rotterdam' };
const GATEWAY: Actor = { user: 'gateway', role: 'gateway' };
const CAMERA = 'shop-1';

type Line = [kind: string, data: JsonObject, actor?: Actor];

const given = (cameras: string[], controlRoom = 'rotterdam'): Line => [
  'grant.given',
  { controlRoom, cameras, rights: ['view'], expiresAt: '2026-01-01T01:00:00.000Z' },
];
const started: Line = ['viewing.started', { viewing: 'view_1', camera: CAMERA }, VIEWER];
const ended = (bytes = 100, reason = 'grant-withdrawn'): Line => [
  'viewing.ended',
  { viewing: 'view_1', camera: CAMERA, reason, bytes, pictures: 1, dropped: 0 },
  VIEWER,
];
const withdrawn: Line = ['grant.withdrawn', { controlRoom: 'rotterdam' }];
const expired: Line = ['grant.expired', { controlRoom: 'rotterdam' }, GATEWAY];
const closed: Line = ['incident.closed', { outcome: 'resolved', note: '' }];
const note: Line = ['incident.updated', { note: 'twee verdachten' }];
const whole = [given([CAMERA]), started, withdrawn, ended()];

const accepted: Sight = { saw: 'accepted' };
const refused: Sight = { saw: 'refused' };
const left: Sight = { saw: 'left' };
const gone: Sight = { saw: 'closed' };
const told: Sight = { saw: 'ended', code: 'grant-withdrawn' };
const bytes = (count: number): Sight => ({ saw: 'bytes', bytes: count });
const fence = (from: number, to = from): Sight => ({ saw: 'fence', from, to });

function entries(lines: readonly Line[]): Entry[] {
  return lines.map(([kind, data, actor = OPERATOR], index) => ({
    ...{ seq: index + 1, timeUnixUs: 0, kind, actor, incident: 'inc_1', data },
    ...{ previousHash: '', salt: '', hash: '' },
  }));
}

function found(lines: readonly Line[], sights: Sight[], seen: Partial<Seen> = {}): Rule[] {
  const { user, controlRoom = '' } = VIEWER;
  const who = { via: 'live', user, controlRoom, incident: 'inc_1', camera: CAMERA } as const;
  const all = [{ ...who, askedAt: 0, sights, ...seen }];
  return violations(entries(lines), all, true).map(({ rule }) => rule);
}

describe('the oracle lets pass', () => {
  it.each<[string, Line[], Sight[]]>([
    ['pictures until a share is withdrawn', whole, [accepted, bytes(60), bytes(40), told]],
    ['what was on its way when the connection was cut', whole, [accepted, bytes(60), gone]],
    [
      'pictures that came after a fence, of a share that lasts',
      [given([CAMERA]), started, note, withdrawn, ended()],
      [accepted, bytes(50), fence(3), bytes(50), fence(3, 4), told],
    ],
    [
      'pictures on their way when the viewer wanted no more',
      [given([CAMERA]), started, ended(100, 'unwatched')],
      [accepted, bytes(60), left, bytes(40), fence(3)],
    ],
    [
      'pictures across a share that is renewed',
      [given([CAMERA]), started, given(['shop-2', CAMERA]), withdrawn, ended()],
      [accepted, bytes(60), fence(3), bytes(40), told],
    ],
    [
      'a camera that an accepted switch has added',
      [
        given(['shop-2']),
        ['request.made', { request: 'req_1' }, VIEWER],
        ['request.accepted', { request: 'req_1', shares: CAMERA }],
        started,
        closed,
        ended(),
      ],
      [accepted, bytes(100), told],
    ],
    [
      'what nobody could count, because the gateway was killed',
      [
        given([CAMERA]),
        started,
        ['viewing.ended', { viewing: 'view_1', camera: CAMERA, reason: 'gateway-restarted' }],
      ],
      [accepted, bytes(100), gone],
    ],
    ['a refusal', [], [refused]],
  ])('%s', (_what, lines, sights) => {
    expect(found(lines, sights)).toEqual([]);
  });
});

describe('the oracle finds', () => {
  it.each<[Rule, string, Line[], Sight[]]>([
    ['byte-after-end', 'a byte after `ended`', whole, [accepted, bytes(99), told, bytes(1)]],
    ['byte-after-end', 'a byte after the end of the stream', whole, [accepted, gone, bytes(1)]],
    [
      'byte-after-end',
      'a byte of what the viewer had left, behind the answer to a later question',
      [given([CAMERA]), started, ended(100, 'unwatched'), note],
      [accepted, bytes(99), left, fence(3), bytes(1)],
    ],
    ['byte-before-acceptance', 'a byte before the answer', whole, [bytes(100), accepted, told]],
    ['byte-though-refused', 'a byte after a refusal', [], [refused, bytes(1)]],
    ['viewing-though-refused', 'a viewing of who was refused', whole, [refused]],
    ['uncovered-start', 'a viewing without a grant', [started, ended()], [accepted, gone]],
    [
      'uncovered-start',
      'a viewing of a camera that is not in the grant',
      [given(['shop-2']), started, ended()],
      [accepted, gone],
    ],
    [
      'uncovered-start',
      'a viewing by another control room',
      [given([CAMERA], 'den-haag'), started, ended()],
      [accepted, gone],
    ],
    [
      'uncovered-start',
      'a viewing that begins after the grant was withdrawn',
      [given([CAMERA]), withdrawn, started, ended()],
      [accepted, gone],
    ],
    [
      'uncovered-start',
      'a viewing that begins after the grant ran out',
      [given([CAMERA]), expired, started, ended()],
      [accepted, gone],
    ],
    [
      'uncovered-start',
      'a viewing that begins after the incident was closed',
      [given([CAMERA]), closed, started, ended()],
      [accepted, gone],
    ],
    [
      'uncovered-start',
      'a viewing of a camera that the share had before it was replaced',
      [given([CAMERA]), given(['shop-2']), started, ended()],
      [accepted, gone],
    ],
    [
      'outlived-its-grant',
      'a viewing that goes on after its grant, into what happens next',
      [given([CAMERA]), started, withdrawn, note, ended()],
      [accepted, bytes(100), told],
    ],
    ['never-ended', 'a viewing without an end', [given([CAMERA]), started], [accepted, gone]],
    [
      'byte-after-grant',
      'a byte that left after the grant had ended',
      [given([CAMERA]), started, withdrawn, note, ended()],
      [accepted, bytes(99), fence(3, 4), bytes(1), told],
    ],
    [
      'not-told',
      'a viewer who is asked something after the grant has ended, and was not told of that',
      [given([CAMERA]), started, withdrawn, ended()],
      [accepted, bytes(100), fence(3, 4), told],
    ],
    ['not-journalled', 'a viewer whom the journal does not know', [given([CAMERA])], [accepted]],
    ['more-than-journalled', 'more bytes than journalled', whole, [accepted, bytes(101), told]],
    ['other-than-journalled', 'fewer bytes, and none lost', whole, [accepted, bytes(99), told]],
  ])('%s: %s', (rule, _what, lines, sights) => {
    expect(found(lines, sights)).toContain(rule);
  });

  it('other-camera: the picture of another camera, whoever else it came to', () => {
    const shows = (keyFrame: string): Sight => ({ saw: 'bytes', bytes: 1, keyFrame });
    const seen = (camera: string, sights: Sight[]): Seen => ({
      ...{ via: 'live', user: 'rotterdam-1', controlRoom: 'rotterdam', incident: 'inc_1' },
      ...{ camera, askedAt: 0, sights },
    });
    const rules = (...all: Seen[]) => violations([], all, false).map(({ rule }) => rule);
    const own = [seen(CAMERA, [shows('a'), shows('a')]), seen('shop-2', [shows('b')])];
    expect(rules(...own)).not.toContain('other-camera');
    expect(rules(...own, seen('shop-2', [shows('a')]))).toContain('other-camera');
  });

  it('told-of-unshared: a camera of an incident or on its screen that the control room has not', () => {
    const cameras: Sight = { saw: 'cameras', incident: 'inc_1', cameras: [CAMERA] };
    const rules = (controlRoom: string, sights: Sight[]) => {
      const told = { user: 'somebody', controlRoom, askedAt: 0, sights };
      const lines = entries([given([CAMERA]), withdrawn, note]);
      return violations(lines, [], false, [told]).map(({ rule }) => rule);
    };
    expect(rules('rotterdam', [cameras, fence(1)])).toEqual([]);
    expect(rules('den-haag', [cameras])).toEqual(['told-of-unshared']);
    expect(rules('rotterdam', [fence(3), cameras])).toEqual(['told-of-unshared']);
  });

  it('not the viewing of one answer in another, later one', () => {
    expect(found(whole, [accepted, bytes(100), told], { askedAt: 2 })).toContain('not-journalled');
    expect(found(whole, [accepted, bytes(100), told], { answeredAt: 1 })).toContain(
      'not-journalled',
    );
  });
});
