import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LiveViewError } from '../../src/core/errors.ts';
import type { Actor } from '../../src/journal/record.ts';
import type { CameraInfo, LiveRequest, OutputInfo, Policy } from '../../src/liveview/model.ts';
import {
  COLLEAGUE,
  codeThrownBy,
  DISPATCHER,
  directory,
  Harness,
  OPERATOR,
  OTHER_ROOM,
  SECOND_OPERATOR,
} from './harness.ts';

function output(id: string, on: Policy, more: Partial<OutputInfo> = {}): OutputInfo {
  const kind = id === 'barrier' ? 'gate' : (id as OutputInfo['kind']);
  return { id, token: id, kind, name: { nl: id, en: id }, requests: { on, off: on }, ...more };
}

/** The siren may stay on for 3 minutes, the light for an hour; the gate has a button, the barrier is held. */
function world(policy: Policy) {
  const made = directory();
  const shop: CameraInfo = {
    ...{ id: 'shop-1', name: 'shop-1', site: 'jeweller' },
    requests: { ptz: 'auto', switch: 'auto' },
    outputs: [
      output('siren', policy, { maxMs: 180_000 }),
      output('light', policy, { maxMs: 3_600_000 }),
      output('gate', policy, { pulseMs: 1_000 }),
      output('barrier', policy),
    ],
  };
  return { ...made, cameras: new Map([...made.cameras, ['shop-1', shop]]) };
}

const CLOSED = { outcome: 'resolved', note: '' } as const;

let harness: Harness;

function start(policy: Policy = 'auto'): void {
  harness = new Harness(world(policy));
  harness.shared();
}

function set(actor: Actor, id: string, on = true) {
  return harness.ask(actor, 'relay.set', { output: id, on });
}

/** As by a reload, of which nobody is told yet. */
function configure(outputs: readonly OutputInfo[]): void {
  const { cameras } = harness.directory;
  const camera = cameras.get('shop-1');
  if (camera && cameras instanceof Map) cameras.set('shop-1', { ...camera, outputs });
}

/** What the camera answers only when it is let. */
function held() {
  let answer = (): void => undefined;
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  return { answered, answer };
}

const calls = () => harness.outputs('shop-1').calls;
const on = () => harness.live.outputs.on('shop-1').map((each) => each.output);
const settle = () => harness.clock.advanceAsync(0);
const outcomes = () =>
  [...harness.journal.read()]
    .filter(({ kind }) => kind.startsWith('output.'))
    .map(({ kind, data, actor }) =>
      [
        kind.slice(7),
        data['output'],
        data['on'] ? 'on' : 'off',
        data['why'],
        data['ok'] === false ? 'failed' : undefined,
        actor.user,
      ]
        .filter((part) => part !== undefined)
        .join(' '),
    );

beforeEach(() => start());
afterEach(() => harness.dispose());

describe('a request to switch something', () => {
  it('is in the journal before it is done, and its outcome with what it took after', async () => {
    const request = set(DISPATCHER, 'siren');
    await settle();
    expect(harness.stateOf(request)?.state).toBe('running');
    expect(calls()).toEqual(['on siren 180000']);
    expect(outcomes()).toEqual(['intent siren on daan', 'outcome siren on daan']);
    expect([...harness.journal.read()].at(-1)?.data).toMatchObject({
      ok: true,
      stays: true,
      tookMs: 0,
    });
    expect(on()).toEqual(['siren']);
  });

  it('is not done when the journal cannot be written', async () => {
    const request = set(OPERATOR, 'light', false);
    await settle();
    expect(harness.stateOf(request)?.state).toBe('done');
    harness.journal.left = 1;
    set(OPERATOR, 'siren');
    await settle();
    expect(calls()).toEqual(['off light']);
    expect(on()).toEqual([]);
  });

  it.each<[Policy, string]>([
    ['auto', 'running'],
    ['confirm', 'pending'],
    ['never', 'declined'],
  ])('of a control room goes by the policy of the output: %s', async (policy, state) => {
    harness.dispose();
    start(policy);
    const request = set(DISPATCHER, 'siren');
    await settle();
    expect(harness.stateOf(request)?.state).toBe(state);
    expect(calls()).toEqual(state === 'running' ? ['on siren 180000'] : []);
  });

  it('goes by the word of the grant before that of the output, but for its never', async () => {
    harness.live.grant(OPERATOR, harness.incident, 'rotterdam', {
      ...{ cameras: ['shop-1'], rights: ['view', 'ptz'] },
      requests: { relay: 'confirm' },
    });
    expect(set(DISPATCHER, 'siren').state).toBe('pending');
    harness.live.grant(OPERATOR, harness.incident, 'rotterdam', {
      ...{ cameras: ['shop-1'], rights: ['view', 'ptz'] },
      requests: { relay: 'never' },
    });
    expect(set(DISPATCHER, 'siren').state).toBe('declined');
    expect(calls()).toEqual([]);
  });

  it('needs the right to ask for movements, a camera that is shared, and an output that is there', () => {
    expect(codeThrownBy(() => set(OTHER_ROOM, 'siren'))).toBe('not-shared');
    expect(codeThrownBy(() => set(DISPATCHER, 'fountain'))).toBe('unknown-output');
    harness.live.grant(OPERATOR, harness.incident, 'rotterdam', {
      cameras: ['shop-1'],
      rights: ['view'],
    });
    expect(codeThrownBy(() => set(DISPATCHER, 'siren'))).toBe('not-allowed');
    const elsewhere = { output: 'siren', on: true };
    expect(codeThrownBy(() => harness.ask(OPERATOR, 'relay.set', elsewhere, 'shop-2'))).toBe(
      'unknown-output',
    );
  });

  it('is decided by the operator, and done when it is accepted', async () => {
    harness.dispose();
    start('confirm');
    const request = set(DISPATCHER, 'gate');
    expect(calls()).toEqual([]);
    expect((await harness.live.accept(OPERATOR, request.id)).state).toBe('done');
    expect(calls()).toEqual(['on gate 1000']);
    expect(outcomes()).toEqual(['intent gate on daan', 'outcome gate on daan']);
    // Having been accepted once opens nothing a second time.
    expect(set(DISPATCHER, 'gate').state).toBe('pending');
  });

  it('is another question for each output, and the same one anew for the same', () => {
    harness.dispose();
    start('confirm');
    const [siren, light, again] = [
      set(DISPATCHER, 'siren'),
      set(DISPATCHER, 'light'),
      set(DISPATCHER, 'siren', false),
    ];
    expect([siren, light, again].map((each) => harness.stateOf(each)?.state)).toEqual([
      'expired',
      'pending',
      'pending',
    ]);
  });

  it('that the camera cannot do is declined without asking, and says why', async () => {
    harness.dispose();
    start('confirm');
    harness.outputs('shop-1').tokens.length = 0;
    const request = set(DISPATCHER, 'siren');
    await settle();
    expect(harness.stateOf(request)).toMatchObject({
      ...{ state: 'declined', reasonCode: 'cannot-do' },
      reason: 'the camera has no relay output siren',
    });
    const own = set(OPERATOR, 'siren');
    await settle();
    expect(harness.stateOf(own)).toMatchObject({ state: 'failed', reasonCode: 'cannot-do' });
    expect(outcomes()).toEqual([]);
  });

  it('does not come through the acceptance of the camera itself', async () => {
    harness.dispose();
    const made = world('confirm');
    const camera = made.cameras.get('shop-1');
    if (camera)
      made.cameras.set('shop-1', { ...camera, requests: { ptz: 'confirm', switch: 'auto' } });
    harness = new Harness(made);
    harness.shared();
    const taken = harness.ask(DISPATCHER, 'ptz.take', {});
    await harness.live.accept(OPERATOR, taken.id);
    expect(harness.ask(DISPATCHER).state).toBe('running');
    expect(set(DISPATCHER, 'siren').state).toBe('pending');
  });
});

describe('what the camera has not said yet that it can switch', () => {
  let answer: () => void;

  beforeEach(() => {
    const asked = held();
    answer = asked.answer;
    harness.outputs('shop-1').beforeLacks = asked.answered;
  });

  it.each<[string, (request: LiveRequest) => unknown, string, string]>([
    ['it is switched off', () => set(OPERATOR, 'siren', false), 'replaced', 'off siren'],
    ['it is let go', ({ id }) => harness.live.release(DISPATCHER, id), 'switched-off', ''],
    ['the centre ends it', ({ id }) => harness.live.release(OPERATOR, id), 'switched-off', ''],
    ['whoever asked is gone', ({ id }) => harness.live.abandon(DISPATCHER, id), 'asker-gone', ''],
    ['the camera is set up anew', () => harness.live.stopCamera('shop-1'), 'camera-changed', ''],
    [
      'the share ends',
      () => harness.live.withdraw(OPERATOR, harness.incident, 'rotterdam'),
      'share-ended',
      '',
    ],
  ])('never comes on when %s meanwhile', async (_what, ends, reasonCode, sent) => {
    const request = set(DISPATCHER, 'siren');
    await settle();
    expect(harness.stateOf(request)?.state).toBe('accepted');
    void ends(request);
    await settle();
    expect(harness.stateOf(request)).toMatchObject({ state: 'failed', reasonCode });
    answer();
    await settle();
    expect([calls().join(), on()]).toEqual([sent, []]);
    expect(outcomes()).toEqual(sent ? ['outcome siren off switched-off olga'] : []);
  });

  it('never comes on when the journal cannot say that the share ended', async () => {
    set(DISPATCHER, 'siren');
    harness.journal.full = true;
    harness.live.withdraw(OPERATOR, harness.incident, 'rotterdam');
    harness.journal.mend();
    answer();
    await settle();
    expect(calls()).toEqual([]);
  });

  it('comes on once, by the newest request', async () => {
    const [first, second] = [set(DISPATCHER, 'siren'), set(OPERATOR, 'siren')];
    answer();
    await settle();
    expect([first, second].map((each) => harness.stateOf(each)?.state)).toEqual([
      'failed',
      'running',
    ]);
    expect(calls()).toEqual(['on siren 180000']);
  });

  it('comes on without whoever asked when it is a light', async () => {
    const request = set(DISPATCHER, 'light');
    harness.live.abandon(DISPATCHER, request.id);
    answer();
    await settle();
    expect(on()).toEqual(['light']);
  });

  it('stays as it is when it is a gate that is opened while it waits to be closed', async () => {
    set(OPERATOR, 'barrier', false);
    set(DISPATCHER, 'barrier');
    answer();
    await settle();
    expect([calls(), on()]).toEqual([['on barrier'], ['barrier']]);
  });
});

describe('what is on', () => {
  it('goes off when whoever asked lets go of it, and the request is done', async () => {
    const request = set(DISPATCHER, 'siren');
    await settle();
    await harness.live.release(DISPATCHER, request.id);
    expect(calls().at(-1)).toBe('off siren');
    expect(harness.stateOf(request)).toMatchObject({ state: 'done', reasonCode: 'switched-off' });
    expect(on()).toEqual([]);
  });

  it('goes off by a request of its own, in the name of whoever asked', async () => {
    const first = set(DISPATCHER, 'light');
    await settle();
    const second = set(SECOND_OPERATOR, 'light', false);
    await settle();
    expect([first, second].map((each) => harness.stateOf(each)?.state)).toEqual(['done', 'done']);
    expect(outcomes().at(-1)).toBe('outcome light off switched-off otto');
  });

  it.each<[string, () => unknown, string]>([
    [
      'the incident closes',
      () => harness.live.close(OPERATOR, harness.incident, CLOSED),
      'incident',
    ],
    [
      'the share ends',
      () => harness.live.withdraw(OPERATOR, harness.incident, 'rotterdam'),
      'share',
    ],
    ['the share runs out', () => harness.clock.advanceAsync(2 * 60_000), 'share'],
    [
      'the camera leaves the configuration',
      () => {
        harness.directory.cameras instanceof Map && harness.directory.cameras.delete('shop-1');
        harness.live.directoryChanged();
      },
      'configuration',
    ],
    ['the camera is set up anew', () => harness.live.stopCamera('shop-1'), 'camera'],
    ['the gateway stops', () => harness.live.stop(), 'gateway'],
  ])('goes off when %s, light and siren alike', async (_what, ends) => {
    const terms = { cameras: ['shop-1'], rights: ['view', 'ptz'] as const, expiresInMinutes: 2 };
    harness.live.grant(OPERATOR, harness.incident, 'rotterdam', terms);
    for (const id of ['light', 'siren']) set(DISPATCHER, id);
    await settle();
    await ends();
    await settle();
    expect(calls()).toEqual(expect.arrayContaining(['off light', 'off siren']));
    expect(on()).toEqual([]);
  });

  it('goes off in the same tick when the journal cannot say that the share ended', async () => {
    set(DISPATCHER, 'siren');
    await settle();
    harness.journal.full = true;
    harness.live.withdraw(OPERATOR, harness.incident, 'rotterdam');
    expect(calls().at(-1)).toBe('off siren');
  });

  it('goes off when whoever asked is gone; a light stays for those who still watch', async () => {
    const [siren, light] = [set(DISPATCHER, 'siren'), set(DISPATCHER, 'light')];
    await settle();
    for (const { id } of [siren, light]) harness.live.abandon(DISPATCHER, id);
    await settle();
    expect(on()).toEqual(['light']);
    expect(harness.stateOf(siren)).toMatchObject({ state: 'done', reasonCode: 'asker-gone' });
    expect(outcomes().at(-1)).toBe('outcome siren off asker-gone gateway');
  });

  it.each([
    [true, 'siren', 180_000],
    [false, 'siren', 180_000],
    [true, 'gate', 1_000],
    [false, 'gate', 1_000],
  ])(
    'goes off after its time by us, whether or not the camera says it does so (%p): %s',
    async (endsItself, id, ms) => {
      harness.outputs('shop-1').endsItself = endsItself;
      const request = set(DISPATCHER, id);
      await harness.clock.advanceAsync(ms - 1);
      expect([calls(), on()]).toEqual([[`on ${id} ${ms}`], [id]]);
      await harness.clock.advanceAsync(1);
      expect([calls(), on()]).toEqual([[`on ${id} ${ms}`, `off ${id}`], []]);
      expect(harness.stateOf(request)?.state).toBe('done');
      expect(outcomes().at(-1)).toBe(`outcome ${id} off time-over gateway`);
    },
  );

  it('is not off when its time is over and the camera does not confirm it', async () => {
    const request = set(DISPATCHER, 'siren');
    harness.outputs('shop-1').refuses.add('off');
    await harness.clock.advanceAsync(200_000);
    expect(on()).toEqual(['siren']);
    expect(harness.stateOf(request)?.reasonCode).toBe('output-not-confirmed');
  });

  it('is told to go off until the camera confirms, and the operator hears when it does not', async () => {
    const request = set(DISPATCHER, 'siren');
    await settle();
    harness.outputs('shop-1').refuses.add('off');
    void harness.live.release(DISPATCHER, request.id);
    await harness.clock.advanceAsync(20_000);
    expect(harness.stateOf(request)).toMatchObject({
      state: 'failed',
      reasonCode: 'output-not-confirmed',
    });
    expect(on()).toEqual(['siren']);
    harness.outputs('shop-1').refuses.clear();
    await harness.clock.advanceAsync(5_000);
    expect(on()).toEqual([]);
    expect(outcomes().slice(-2)).toEqual([
      'outcome siren off released failed gateway',
      'outcome siren off released gateway',
    ]);
  });

  it('goes off once more when the camera answers late that it is on', async () => {
    let answer = (): void => undefined;
    harness.outputs('shop-1').beforeOn = new Promise((resolve) => {
      answer = resolve;
    });
    set(DISPATCHER, 'siren');
    await settle();
    harness.live.withdraw(OPERATOR, harness.incident, 'rotterdam');
    await settle();
    expect(calls()).toEqual(['on siren 180000', 'off siren']);
    answer();
    await settle();
    expect([calls().at(-1), calls().length, on()]).toEqual(['off siren', 3, []]);
  });

  it('goes off once more after each order that was on its way, however many followed it', async () => {
    const outputs = harness.outputs('shop-1');
    const { answered, answer } = held();
    outputs.beforeOn = answered;
    set(DISPATCHER, 'siren');
    await settle();
    outputs.beforeOn = Promise.resolve();
    for (const way of [false, true, false]) {
      set(OPERATOR, 'siren', way);
      await settle();
    }
    expect(calls().slice(1)).toEqual(['off siren', 'on siren 180000', 'off siren']);
    answer();
    await settle();
    expect([calls().at(-1), calls().length, on()]).toEqual(['off siren', 5, []]);
  });

  it('that could not be switched on is switched off: it may be on all the same', async () => {
    harness.outputs('shop-1').refuses.add('on');
    const request = set(DISPATCHER, 'siren');
    await settle();
    expect(harness.stateOf(request)).toMatchObject({
      state: 'failed',
      reasonCode: 'camera-unreachable',
    });
    expect([calls(), on()]).toEqual([['on siren 180000', 'off siren'], []]);
  });

  it('is off after a crash: the gateway sees to it when it starts', async () => {
    const request = set(DISPATCHER, 'siren');
    await settle();
    harness.restart();
    await settle();
    expect(calls()).toEqual(['on siren 180000', 'off siren']);
    expect(harness.stateOf(request)).toMatchObject({
      state: 'failed',
      reasonCode: 'gateway-restarted',
    });
    expect(on()).toEqual([]);
  });

  it('keeps a camera that is set up anew until it has confirmed Off, or for two seconds', async () => {
    const { answered, answer } = held();
    const outputs = harness.outputs('shop-1');
    outputs.beforeOff = answered;
    for (const late of [false, true]) {
      set(DISPATCHER, 'siren');
      await settle();
      const states: string[] = [];
      void harness.live.stopCamera('shop-1').then(() => states.push('let go'));
      await harness.clock.advanceAsync(1_999);
      expect([calls().at(-1), states]).toEqual(['off siren', []]);
      if (late) await harness.clock.advanceAsync(1);
      else answer();
      await settle();
      expect([states, on()]).toEqual([['let go'], late ? ['siren'] : []]);
      outputs.beforeOff = new Promise(() => undefined);
    }
  });

  it('is not sent Off for ever by the closed connection of a camera that is no longer there', async () => {
    const outputs = harness.outputs('shop-1');
    set(DISPATCHER, 'siren');
    await settle();
    outputs.refuses.add('off');
    void harness.live.stopCamera('shop-1');
    harness.switches.delete('shop-1');
    await harness.clock.advanceAsync(60_000);
    const sent = outputs.calls.length;
    await harness.clock.advanceAsync(600_000);
    expect(outputs.calls).toHaveLength(sent);
    // Nobody saw it go off.
    expect(on()).toEqual(['siren']);
  });

  it.each<[string, string, () => unknown]>([
    ['is a gate that is no longer configured', 'barrier', () => configure([])],
    ['the camera can switch nothing any more', 'siren', () => harness.switches.delete('shop-1')],
  ])('stays known after a restart when it %s, and that is said', async (_what, id, happens) => {
    set(DISPATCHER, id);
    await settle();
    happens();
    harness.restart();
    await settle();
    expect(on()).toEqual([id]);
    expect(harness.live.outputs.on('shop-1')[0]?.failed).toBeDefined();
    expect(outcomes().at(-1)).toBe(`outcome ${id} off gateway-restarted failed gateway`);
    expect(harness.logged).toContainEqual(
      expect.objectContaining({ level: 'warn', camera: 'shop-1', output: id }),
    );
  });

  it('goes off after a restart when it is no longer configured, by the contact it was switched by', async () => {
    configure([output('siren', 'auto', { token: 'contact-7', maxMs: 180_000 })]);
    harness.outputs('shop-1').tokens.push('contact-7');
    set(DISPATCHER, 'siren');
    await settle();
    configure([]);
    harness.restart();
    await settle();
    expect(calls()).toEqual(['on contact-7 180000', 'off contact-7']);
    expect([on(), outcomes().at(-1)]).toEqual([[], 'outcome siren off gateway-restarted gateway']);
  });

  it.each(['at once', 'after a restart'])(
    'goes off by its contact when another is configured for it, %s',
    async (when) => {
      harness.outputs('shop-1').tokens.push('contact-7', 'contact-8');
      configure([output('siren', 'auto', { token: 'contact-7', maxMs: 180_000 })]);
      set(DISPATCHER, 'siren');
      await settle();
      configure([output('siren', 'auto', { token: 'contact-8', maxMs: 180_000 })]);
      if (when === 'at once') harness.live.directoryChanged();
      else harness.restart();
      await settle();
      expect([calls(), on()]).toEqual([['on contact-7 180000', 'off contact-7'], []]);
    },
  );

  it('is unsure from the moment the camera does not confirm, until it is switched anew', async () => {
    const failed = () => harness.live.outputs.on('shop-1').map((each) => each.failed !== undefined);
    set(DISPATCHER, 'light');
    await settle();
    expect(failed()).toEqual([false]);
    harness.outputs('shop-1').refuses.add('off');
    set(OPERATOR, 'light', false);
    await harness.clock.advanceAsync(20_000);
    expect(failed()).toEqual([true]);
    set(OPERATOR, 'light');
    await harness.clock.advanceAsync(20_000);
    // The Off that was still being tried has given way to it, of which its failure says nothing.
    expect([on(), failed()]).toEqual([['light'], [false]]);
  });

  it('is not unsure by an Off that it has overtaken', async () => {
    set(DISPATCHER, 'light');
    await settle();
    const { answered, answer } = held();
    const outputs = harness.outputs('shop-1');
    outputs.beforeOff = answered;
    set(OPERATOR, 'light', false);
    await settle();
    set(OPERATOR, 'light');
    await settle();
    outputs.refuses.add('off');
    answer();
    await settle();
    expect(harness.live.outputs.on('shop-1').map(({ failed }) => failed)).toEqual([undefined]);
  });

  it('goes off by the contact that it was switched on by, whatever its name is by now', async () => {
    for (const ends of ['a person', 'the share'] as const) {
      harness.dispose();
      start();
      set(DISPATCHER, 'siren');
      await settle();
      configure([output('siren', 'auto', { token: 'contact-7' })]);
      if (ends === 'a person') set(OPERATOR, 'siren', false);
      else harness.live.withdraw(OPERATOR, harness.incident, 'rotterdam');
      await settle();
      expect([calls(), on()]).toEqual([['on siren 180000', 'off siren'], []]);
    }
  });

  it('is not closed by an Off that is still being tried when it is a gate by now', async () => {
    set(DISPATCHER, 'siren');
    await settle();
    const outputs = harness.outputs('shop-1');
    outputs.refuses.add('off');
    set(OPERATOR, 'siren', false);
    await harness.clock.advanceAsync(1_000);
    configure([output('siren', 'auto', { kind: 'gate' })]);
    const sent = calls().length;
    outputs.refuses.clear();
    await harness.clock.advanceAsync(60_000);
    expect([calls().length, on()]).toEqual([sent, ['siren']]);
  });

  it('is not switched by another control room or dispatcher, but always by the centre', async () => {
    harness.live.grant(OPERATOR, harness.incident, 'den-haag', {
      cameras: ['shop-1'],
      rights: ['view', 'ptz'],
    });
    set(DISPATCHER, 'siren');
    await settle();
    for (const other of [OTHER_ROOM, COLLEAGUE]) {
      for (const way of [true, false]) {
        expect(codeThrownBy(() => set(other, 'siren', way))).toBe('control-taken');
      }
    }
    const over = set(OPERATOR, 'siren');
    await settle();
    expect(harness.live.outputs.on('shop-1')).toMatchObject([{ actor: { user: 'olga' } }]);
    expect(harness.stateOf(over)?.state).toBe('running');
    expect(codeThrownBy(() => set(DISPATCHER, 'siren', false))).toBe('control-taken');
  });

  it('has nothing to do with who has the camera', async () => {
    harness.ask(OPERATOR, 'ptz.take', {});
    await settle();
    const request = set(DISPATCHER, 'light');
    await settle();
    expect(harness.stateOf(request)?.state).toBe('running');
    expect(harness.live.hands.held('shop-1')?.actor.user).toBe('olga');
  });

  it('outside an incident belongs to the operator who switched it', async () => {
    const request = harness.live.request(OPERATOR, {
      ...{ incident: null, action: 'relay.set', camera: 'shop-1' },
      args: { output: 'siren', on: true },
    });
    await settle();
    expect(harness.stateOf(request)?.state).toBe('running');
    harness.live.abandon(OPERATOR, request.id);
    await settle();
    expect(on()).toEqual([]);
  });
});

describe('a gate', () => {
  it('with a button is pressed for a moment, and the button is let go whatever happens', async () => {
    harness.outputs('shop-1').endsItself = false;
    const request = set(DISPATCHER, 'gate');
    await settle();
    expect(harness.stateOf(request)?.state).toBe('done');
    harness.live.close(OPERATOR, harness.incident, CLOSED);
    await harness.clock.advanceAsync(1_000);
    expect([calls(), on()]).toEqual([['on gate 1000', 'off gate'], []]);
  });

  it.each<[string, () => unknown]>([
    ['the incident closes', () => harness.live.close(OPERATOR, harness.incident, CLOSED)],
    ['the share ends', () => harness.live.withdraw(OPERATOR, harness.incident, 'rotterdam')],
    ['a day passes', () => harness.clock.advanceAsync(86_400_000)],
    ['the gateway restarts', () => harness.restart()],
    ['the gateway stops', () => harness.live.stop()],
  ])(
    'that is held open does not close on somebody when %s; the operator sees that it is open',
    async (_what, happens) => {
      const request = set(DISPATCHER, 'barrier');
      await settle();
      expect(harness.stateOf(request)?.state).toBe('done');
      await happens();
      await settle();
      expect([calls(), on()]).toEqual([['on barrier'], ['barrier']]);
    },
  );

  it('that is held open is closed by a person, with its intent in the journal first', async () => {
    set(DISPATCHER, 'barrier');
    await settle();
    set(OPERATOR, 'barrier', false);
    await settle();
    expect([calls(), on()]).toEqual([['on barrier', 'off barrier'], []]);
    expect(outcomes().slice(-2)).toEqual(['intent barrier off olga', 'outcome barrier off olga']);
  });

  it('is not closed again and again when the camera does not answer', async () => {
    set(DISPATCHER, 'barrier');
    await settle();
    harness.outputs('shop-1').refuses.add('off');
    const request = set(OPERATOR, 'barrier', false);
    await harness.clock.advanceAsync(30_000);
    expect(harness.stateOf(request)).toMatchObject({
      state: 'failed',
      reasonCode: 'camera-unreachable',
    });
    expect([calls(), on()]).toEqual([['on barrier', 'off barrier'], ['barrier']]);
  });

  it('that the camera refused to open is not taken to be open', async () => {
    const outputs = harness.outputs('shop-1');
    outputs.refuses.add('on');
    outputs.refusal = new LiveViewError('camera-fault', 'no');
    set(DISPATCHER, 'barrier');
    await settle();
    expect([calls(), on()]).toEqual([['on barrier'], []]);
  });

  it('that is opening is closed after it has opened, not before, and is then known to be closed', async () => {
    const { answered, answer } = held();
    harness.outputs('shop-1').beforeOn = answered;
    const opening = set(DISPATCHER, 'barrier');
    await settle();
    const closing = set(OPERATOR, 'barrier', false);
    await settle();
    expect([calls(), on()]).toEqual([['on barrier'], ['barrier']]);
    answer();
    await settle();
    expect([calls(), on()]).toEqual([['on barrier', 'off barrier'], []]);
    expect(outcomes().slice(-2)).toEqual(['intent barrier off olga', 'outcome barrier off olga']);
    expect([opening, closing].map((each) => harness.stateOf(each)?.state)).toEqual([
      'done',
      'done',
    ]);
  });

  it('that is opening does not close when it is opened anew before it is closed', async () => {
    const { answered, answer } = held();
    harness.outputs('shop-1').beforeOn = answered;
    set(DISPATCHER, 'barrier');
    await settle();
    const closing = set(OPERATOR, 'barrier', false);
    await settle();
    set(OPERATOR, 'barrier');
    answer();
    await settle();
    expect([calls(), on()]).toEqual([['on barrier', 'on barrier'], ['barrier']]);
    expect(harness.stateOf(closing)).toMatchObject({ state: 'failed', reasonCode: 'replaced' });
  });

  it.each<[string, (request: LiveRequest) => unknown]>([
    ['whoever asked is gone', ({ id }) => harness.live.abandon(DISPATCHER, id)],
    ['it is let go', ({ id }) => harness.live.release(DISPATCHER, id)],
    ['the camera is set up anew', () => harness.live.stopCamera('shop-1')],
  ])('that is opening when %s is open, and its request done', async (_what, happens) => {
    const { answered, answer } = held();
    harness.outputs('shop-1').beforeOn = answered;
    const request = set(DISPATCHER, 'barrier');
    await settle();
    void happens(request);
    answer();
    await settle();
    expect(harness.stateOf(request)?.state).toBe('done');
    expect([calls(), on()]).toEqual([['on barrier'], ['barrier']]);
  });

  it('that is closing is opened anew after it has closed, not before, and is then known to be open', async () => {
    set(DISPATCHER, 'barrier');
    await settle();
    const { answered, answer } = held();
    harness.outputs('shop-1').beforeOff = answered;
    set(OPERATOR, 'barrier', false);
    await settle();
    set(OPERATOR, 'barrier');
    await settle();
    expect(calls()).toEqual(['on barrier', 'off barrier']);
    answer();
    await settle();
    expect(calls()).toEqual(['on barrier', 'off barrier', 'on barrier']);
    expect(on()).toEqual(['barrier']);
  });

  it('that is open stays known to be when the camera refuses to open it once more', async () => {
    set(DISPATCHER, 'barrier');
    await settle();
    const outputs = harness.outputs('shop-1');
    outputs.refuses.add('on');
    outputs.refusal = new LiveViewError('camera-fault', 'no');
    set(OPERATOR, 'barrier');
    await settle();
    expect([calls(), on()]).toEqual([['on barrier', 'on barrier'], ['barrier']]);
  });
});
