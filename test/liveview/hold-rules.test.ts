import { describe, expect, it } from '@jest/globals';
import { type Actor, GATEWAY_ACTOR } from '../../src/journal/record.ts';
import { claim } from '../../src/liveview/hold-rules.ts';
import { COLLEAGUE, DISPATCHER, OPERATOR, OTHER_ROOM, SECOND_OPERATOR } from './harness.ts';

const SUPERVISOR: Actor = { user: 'saar', role: 'supervisor' };
const NAMESAKE: Actor = { user: 'daan', role: 'dispatcher', controlRoom: 'den-haag' };

describe('who may have a camera', () => {
  it.each<[string, Actor | undefined, Actor, string]>([
    ['nobody has it', undefined, DISPATCHER, 'free'],
    ['one has it oneself', DISPATCHER, DISPATCHER, 'own'],
    ['one has it from elsewhere', OPERATOR, { ...OPERATOR, address: '192.0.2.1' }, 'own'],
    ['a control room has it and the centre wants it', DISPATCHER, OPERATOR, 'take-over'],
    ['a control room has it and a supervisor wants it', DISPATCHER, SUPERVISOR, 'take-over'],
    ['the centre has it and a control room wants it', OPERATOR, DISPATCHER, 'taken'],
    ['a colleague has it', DISPATCHER, COLLEAGUE, 'taken'],
    ['another control room has it', OTHER_ROOM, DISPATCHER, 'taken'],
    ['a namesake of another room has it', NAMESAKE, DISPATCHER, 'taken'],
    ['another operator has it', OPERATOR, SECOND_OPERATOR, 'taken'],
    ['an operator has it and a supervisor wants it', OPERATOR, SUPERVISOR, 'taken'],
    ['a dispatcher has it and the gateway wants it', DISPATCHER, GATEWAY_ACTOR, 'taken'],
    ['the gateway finds it free', undefined, GATEWAY_ACTOR, 'free'],
  ])('when %s: %#', (_, holder, actor, found) => {
    expect(claim(holder, actor)).toBe(found);
  });
});
