import { describe, expect, it } from '@jest/globals';
import { readRecord } from '../../src/egress/read.ts';
import { type FaultCode, reconcile } from '../../src/egress/reconcile.ts';
import type { AnyEntry } from '../../src/journal/record.ts';
import {
  ended,
  entries,
  GATEWAY,
  given,
  grantedTo,
  type MadeFlow,
  OPERATOR,
  record,
  started,
  type Told,
  VIEWER,
  withdrawn,
} from './support.ts';

function verdict(journal: Iterable<AnyEntry>, lines: Iterable<string>, incident?: string) {
  return reconcile(journal, readRecord([{ name: 'made', lines }]), { incident });
}

function found(told: readonly Told[], flows: readonly MadeFlow[], mark?: number): FaultCode[] {
  return verdict(entries(told), record(flows, mark)).faults.map(({ code }) => code);
}

const whole = [given(['shop-1']), started, withdrawn, ended()];
const expired: Told = ['grant.expired', { controlRoom: 'rotterdam' }, GATEWAY];
const closed: Told = ['incident.closed', { outcome: 'resolved', note: '' }];
const plan: Told = [
  'plan.disclosed',
  { plan: 'plan_1', name: 'Winkel', sha256: '', bytes: 50 },
  VIEWER,
];
const planFlow: MadeFlow = {
  only: {
    ...{ side: 'police', via: 'picture', user: 'daan', controlRoom: 'rotterdam' },
    ...{ incident: 'inc_1', plan: 'plan_1' },
  },
  bytes: 50,
};

describe('the two records agree on', () => {
  it.each<[string, Told[], MadeFlow[]]>([
    ['pictures until a share is withdrawn', whole, [{}]],
    [
      'pictures across a share that is renewed, of more cameras',
      [given(['shop-1']), started, given(['shop-2', 'shop-1']), withdrawn, ended()],
      [{ upTo: 3 }],
    ],
    [
      'a camera that an accepted switch has added',
      [
        given(['shop-2']),
        ['request.made', { request: 'req_1' }, VIEWER],
        ['request.accepted', { request: 'req_1', shares: 'shop-1' }],
        started,
        closed,
        ended(),
      ],
      [{ since: 4, upTo: 4 }],
    ],
    [
      'a share that began with an accepted offer',
      [['offer.accepted', given(['shop-1'])[1], VIEWER], started, withdrawn, ended()],
      [{}],
    ],
    [
      'a share that a control room has asked for',
      [
        ['images.asked', { request: 'req_1', site: 'jeweller' }, VIEWER],
        ['images.granted', grantedTo('req_1', ['shop-1'])],
        started,
        withdrawn,
        ended(),
      ],
      [{ since: 3, upTo: 3 }],
    ],
    [
      'a share that was extended, after the time that it had at first',
      [
        given(['shop-1'], { seconds: 10 }),
        started,
        ['grant.extended', { controlRoom: 'rotterdam', expiresAt: '2026-01-01T01:00:00.000Z' }],
        withdrawn,
        ended(),
      ],
      [{ upTo: 3, second: 60 }],
    ],
    [
      'what an operator watches at the centre, without a share',
      [
        ['viewing.started', { viewing: 'view_1', camera: 'shop-1' }, OPERATOR, null],
        [
          'viewing.ended',
          { viewing: 'view_1', camera: 'shop-1', reason: 'unwatched', bytes: 100 },
          OPERATOR,
          null,
        ],
      ],
      [
        {
          only: {
            ...{ side: 'centre', via: 'live', user: 'olga' },
            ...{ camera: 'shop-1', viewing: 'view_1' },
          },
          since: 1,
          upTo: 1,
        },
      ],
    ],
    [
      'a plan that is on the screen',
      [given(['shop-1'], { rights: ['view', 'plan'] }), plan],
      [planFlow],
    ],
    [
      'a plan that the centre looks at itself',
      [],
      [
        {
          only: { side: 'centre', via: 'picture', user: 'olga', plan: 'plan_1' },
          since: 0,
          upTo: 0,
        },
      ],
    ],
    [
      'a still that is kept and has left for nobody',
      [given(['shop-1']), started, ended(100, 'still')],
      [],
    ],
    ['a viewing of which nothing was sent', [given(['shop-1']), started, ended(0)], []],
  ])('%s', (_what, told, flows) => {
    expect(found(told, flows)).toEqual([]);
  });
});

describe('it is found when', () => {
  it.each<[FaultCode, string, Told[], MadeFlow[]]>([
    ['not-journalled', 'media left of which there is no viewing', [given(['shop-1'])], [{}]],
    [
      'not-journalled',
      'media left on a channel of which nobody said anything',
      whole,
      [{}, { only: { side: 'police', via: 'live', address: '192.0.2.7', channel: 3 } }],
    ],
    [
      'not-journalled',
      'the centre sends media by an address of which nobody said anything',
      whole,
      [{}, { only: { side: 'centre', via: 'http', address: '192.0.2.7', path: '/v1/new' } }],
    ],
    ['other-viewing', 'the camera is a foreign one', whole, [{ about: { camera: 'shop-2' } }]],
    ['other-viewing', 'somebody else received it', whole, [{ about: { user: 'dora' } }]],
    ['other-viewing', 'another control room did', whole, [{ about: { controlRoom: 'utrecht' } }]],
    ['other-viewing', 'the incident is another one', whole, [{ about: { incident: 'inc_2' } }]],
    ['outside-viewing', 'a byte left before the viewing began', whole, [{ since: 1 }]],
    ['outside-viewing', 'a byte left after the viewing had ended', whole, [{ upTo: 4 }]],
    ['after-grant', 'a frame left after the share was withdrawn', whole, [{ upTo: 3 }]],
    [
      'after-grant',
      'a frame left after the share ran out',
      [given(['shop-1']), started, expired, ended()],
      [{ upTo: 3 }],
    ],
    [
      'after-grant',
      'a frame left after the incident was closed',
      [given(['shop-1']), started, closed, ended()],
      [{ upTo: 3 }],
    ],
    [
      'after-grant',
      'a frame left after its camera was taken out of the share',
      [given(['shop-1', 'shop-2']), started, given(['shop-2']), ended()],
      [{ upTo: 3 }],
    ],
    [
      'after-grant',
      'a frame left long after the time that was given, and nothing says that it ran out',
      [given(['shop-1'], { seconds: 10 }), started, ended()],
      [{ second: 13 }],
    ],
    ['no-grant', 'nothing was shared', [['incident.opened', {}], started, ended()], [{}]],
    [
      'no-grant',
      'it was no more',
      [given(['shop-1']), withdrawn, started, ended()],
      [{ since: 3, upTo: 3 }],
    ],
    ['no-grant', 'the share has another camera', [given(['shop-2']), started, ended()], [{}]],
    [
      'no-grant',
      'the share is of another control room',
      [given(['shop-1'], { room: 'utrecht' }), started, ended()],
      [{}],
    ],
    [
      'no-grant',
      'the share has no right to watch',
      [given(['shop-1'], { rights: ['plan'] }), started, ended()],
      [{}],
    ],
    [
      'no-grant',
      'somebody of no control room watched on the side of the police',
      [
        given(['shop-1']),
        ['viewing.started', { viewing: 'view_1', camera: 'shop-1' }, OPERATOR],
        ['viewing.ended', { viewing: 'view_1', camera: 'shop-1', reason: 'x', bytes: 100 }],
      ],
      [
        {
          only: {
            ...{ side: 'police', via: 'live', user: 'olga', incident: 'inc_1' },
            ...{ camera: 'shop-1', viewing: 'view_1' },
          },
        },
      ],
    ],
    ['other-bytes', 'a byte more left', whole, [{ bytes: 101 }]],
    ['other-bytes', 'a byte less left', whole, [{ bytes: 99 }]],
    ['not-counted', 'a viewing is journalled of which nothing was counted', whole, []],
    [
      'never-ended',
      'a viewer has gone and its viewing goes on',
      [given(['shop-1']), started, withdrawn],
      [{}],
    ],
    ['not-journalled', 'a plan left and is not journalled', [given(['shop-1'])], [planFlow]],
    [
      'not-journalled',
      'a plan left twice and is journalled once',
      [given(['shop-1'], { rights: ['plan'] }), plan],
      [planFlow, planFlow],
    ],
    ['no-grant', 'the share has no right to plans', [given(['shop-1']), plan], [planFlow]],
    [
      'not-counted',
      'a plan is journalled of which nothing was counted',
      [given(['shop-1'], { rights: ['plan'] }), plan],
      [],
    ],
  ])('%s: %s', (code, _what, told, flows) => {
    // Of a journal that goes on: what is the newest entry may be in the middle of happening.
    const after: Told = ['incident.updated', { note: 'later' }];
    const told1000 = [...told, ...Array.from({ length: 1_000 - told.length }, () => after)];
    expect(found(told1000, flows)).toContain(code);
  });
});

describe('a gateway that was killed', () => {
  const killed: Told = [
    'viewing.ended',
    { viewing: 'view_1', camera: 'shop-1', reason: 'gateway-restarted' },
    GATEWAY,
  ];

  it('has no count in the journal; what was written down of it lies within the viewing', () => {
    const told = [given(['shop-1']), started, killed];
    const { ok, uncountedBytes } = verdict(entries(told), record([{ ended: false }], 2));
    expect([ok, uncountedBytes]).toEqual([true, 100]);
    expect(found([given(['shop-1']), started, killed], [{ upTo: 3 }], 2)).toEqual([
      'outside-viewing',
    ]);
  });

  it('may have sent more than was written down, and not less than was', () => {
    const told = [given(['shop-1']), started, ended(100, 'unwatched')];
    expect(found(told, [{ bytes: 40, ended: false }], 2)).toEqual([]);
    expect(found(told, [], 2)).toEqual([]);
    expect(found(told, [{ bytes: 101, ended: false }], 2)).toEqual(['other-bytes']);
  });

  it('leaves a last line that is cut off, which is no damage; one in the middle is', () => {
    const lines = record([{}, { about: { viewing: 'view_2' } }]);
    const cut = [...lines.slice(0, 2), (lines[2] ?? '').slice(0, 20)];
    expect(verdict(entries(whole), cut)).toMatchObject({ ok: true, flows: 1 });
    const middle = [...cut, ...lines.slice(3)];
    expect(verdict(entries(whole), middle).faults).toEqual([
      { code: 'record-damaged', where: 'made, line 3' },
    ]);
    expect(verdict(entries(whole), [...cut, '', ...lines.slice(3)])).toMatchObject({ ok: true });
  });
});

describe('what cannot be judged is counted and no fault', () => {
  it('is what left after the newest entry of an export', () => {
    const told = [given(['shop-1'])];
    expect(verdict(entries(told), record([{}]))).toMatchObject({ ok: true, skipped: 1, flows: 0 });
  });

  it('is what belongs to other incidents than an extract', () => {
    const flows = [{}, { about: { incident: 'inc_2', viewing: 'view_9' } }];
    expect(verdict(entries(whole), record(flows), 'inc_1')).toMatchObject({ ok: true, skipped: 1 });
  });

  it('is an incident of which content was removed after its term', () => {
    const [first, ...rest] = entries(whole);
    if (!first) throw new Error('nothing was made');
    const { actor: _, data: __, salt: ___, ...left } = first;
    expect(verdict([{ ...left, content: '' }, ...rest], record([{}]))).toMatchObject({
      ok: true,
      skipped: 1,
    });
  });

  it('is a viewing from before there was a record', () => {
    const none = record([]).map((line) => line.replace('"entry":0', '"entry":10'));
    expect(verdict(entries(whole), none)).toMatchObject({ ok: true, unrecorded: 1 });
  });

  it('is a viewing, a plan of a run of which there is no record, after one of which there is', () => {
    const former = record([], 1);
    expect(verdict(entries([...whole, plan]), former)).toMatchObject({ ok: true, unrecorded: 2 });
  });
});
