import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ClosingStep } from '../../src/liveview/model.ts';
import { stepsOf } from '../../src/liveview/steps.ts';
import { codeThrownBy, directory, Harness, OPERATOR, SECOND_OPERATOR } from './harness.ts';

const OWNER: ClosingStep = {
  ...{ id: 'owner', text: { nl: 'De eigenaar is gebeld', en: 'The owner was called' } },
  ...{ types: ['robbery', 'burglary'], required: true },
};
const DOOR: ClosingStep = {
  ...{ id: 'door', text: { nl: 'De deur is dicht', en: 'The door is shut' }, required: true },
};
const LIGHT: ClosingStep = {
  ...{ id: 'light', text: { nl: 'Het licht is uit', en: 'The light is off' }, required: false },
};

let h: Harness;
let id: string;
let closingSteps: ClosingStep[];
beforeEach(() => {
  closingSteps = [OWNER, DOOR, LIGHT];
  h = new Harness({ ...directory(), closingSteps });
  id = h.opened().id;
});
afterEach(() => h.dispose());

const steps = () => h.live.casework.steps;
const close = () =>
  codeThrownBy(() => h.live.close(OPERATOR, id, { outcome: 'resolved', note: '' }));
const states = () => {
  const incident = h.live.incident(id);
  return incident && stepsOf(h.directory, incident).map((step) => `${step.id} ${step.state}`);
};

describe('steps before closing', () => {
  it('block it until each that is required is done or explained', () => {
    expect(states()).toEqual(['owner open', 'door open', 'light open']);
    expect(close()).toBe('steps-open');
    steps().mark(OPERATOR, id, 'owner', 'done');
    expect(close()).toBe('steps-open');
    steps().mark(SECOND_OPERATOR, id, 'door', 'explained', 'it was broken');
    expect(states()).toEqual(['owner done', 'door explained', 'light open']);
    expect(close()).toBe('nothing was thrown');
    expect(h.live.incident(id)).toMatchObject({
      state: 'closed',
      steps: [
        { step: 'owner', state: 'done', by: 'olga', at: '2026-01-01T00:00:00.000Z' },
        { step: 'door', state: 'explained', by: 'otto', note: 'it was broken' },
      ],
    });
  });

  it('name what is open, and leave what is shared as it was', () => {
    h.live.grant(OPERATOR, id, 'rotterdam', { cameras: ['shop-1'], rights: ['view'] });
    steps().mark(OPERATOR, id, 'owner', 'done');
    expect(() => h.live.close(OPERATOR, id, { outcome: 'resolved', note: '' })).toThrow(
      'first do, or explain why not: The door is shut',
    );
    expect(h.live.incident(id)?.state).toBe('shared');
  });

  it('are those of the type of the incident, as it is now', () => {
    h.live.updateIncident(OPERATOR, id, { type: 'fire' });
    expect(states()).toEqual(['door open', 'light open']);
    expect(codeThrownBy(() => steps().mark(OPERATOR, id, 'owner', 'done'))).toBe('unknown-step');
  });

  it('are open again when they were not done after all', () => {
    steps().mark(OPERATOR, id, 'door', 'done');
    steps().mark(OPERATOR, id, 'door', 'open');
    steps().mark(OPERATOR, id, 'door', 'open');
    expect(states()).toEqual(['owner open', 'door open', 'light open']);
    expect(h.kinds().filter((kind) => kind.startsWith('step.'))).toEqual([
      'step.done',
      'step.reopened',
    ]);
  });

  it('are explained with words, and stand in the journal with what was to be done', () => {
    expect(codeThrownBy(() => steps().mark(OPERATOR, id, 'door', 'explained'))).toBe(
      'invalid-request',
    );
    steps().mark(OPERATOR, id, 'door', 'explained', 'it was broken');
    const [entry] = [...h.journal.read()].filter(({ kind }) => kind === 'step.explained');
    expect(entry).toMatchObject({
      data: { step: 'door', text: { en: 'The door is shut' }, note: 'it was broken' },
    });
  });

  it('no longer block what the configuration no longer asks for', () => {
    closingSteps.splice(0);
    expect(close()).toBe('nothing was thrown');
  });

  it('are nothing that a closed incident takes', () => {
    closingSteps.splice(1);
    steps().mark(OPERATOR, id, 'owner', 'done');
    expect(close()).toBe('nothing was thrown');
    expect(codeThrownBy(() => steps().mark(OPERATOR, id, 'owner', 'open'))).toBe('incident-closed');
  });

  it('are the same after a restart', () => {
    steps().mark(OPERATOR, id, 'door', 'done', 'twice');
    h.restart();
    expect(states()).toEqual(['owner open', 'door done', 'light open']);
  });
});
