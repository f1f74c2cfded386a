import { describe, expect, it } from '@jest/globals';
import {
  type Attempt,
  type Transport,
  TransportChoice,
  type TransportMemory,
  type TransportWish,
} from '../../../src/video/source/transport-choice.ts';

/** `tcp+udp` is one connection over which both are asked for, `http` a tunnel. */
function shown(attempts: readonly Attempt[]): string[] {
  return attempts.map((attempt) => (attempt.tunnel ? 'http' : attempt.kinds.join('+')));
}

function remembering(transport: Transport): TransportMemory {
  return { transport };
}

describe('TransportChoice', () => {
  it.each<[TransportWish, string[]]>([
    ['auto', ['tcp+udp+multicast', 'http']],
    ['tcp', ['tcp']],
    ['udp', ['udp+tcp']],
    ['multicast', ['multicast+tcp']],
    ['http', ['http']],
  ])('tries for %s: %j', (wish, attempts) => {
    expect(shown(new TransportChoice(wish).attempts(false))).toEqual(attempts);
  });

  it.each<[Transport, string[]]>([
    ['udp', ['udp+tcp+multicast', 'http']],
    ['http', ['http', 'tcp+udp+multicast']],
  ])('begins with what is remembered: %s', (transport, attempts) => {
    const choice = new TransportChoice('auto', remembering(transport));
    expect(shown(choice.attempts(false))).toEqual(attempts);
  });

  it('remembers what worked, for auto alone', () => {
    const memory = remembering('tcp');
    new TransportChoice('udp', memory).worked('udp');
    expect(memory.transport).toBe('tcp');
    new TransportChoice('auto', memory).worked('udp');
    expect(memory.transport).toBe('udp');
  });

  it('tries what was silent last, remembered or not', () => {
    const choice = new TransportChoice('auto', remembering('udp'));
    expect(choice.silent('udp', false)).toBe(true);
    expect(shown(choice.attempts(false))).toEqual(['tcp+multicast', 'http', 'udp']);
    choice.worked('udp');
    expect(shown(choice.attempts(false))).toEqual(['udp+tcp+multicast', 'http']);
  });

  it('begins again, without hurry, when everything was silent', () => {
    const choice = new TransportChoice('udp');
    expect([choice.silent('udp', false), choice.silent('tcp', false)]).toEqual([true, false]);
    expect(shown(choice.attempts(false))).toEqual(['udp+tcp']);
    expect([choice.silent('udp', false), choice.silent('tcp', false)]).toEqual([false, false]);
  });

  it('begins again, without hurry, when one is silent again as the others are refused', () => {
    const choice = new TransportChoice('auto');
    expect(choice.silent('tcp', false)).toBe(true);
    expect(choice.silent('udp', false)).toBe(true);
    expect(choice.silent('tcp', false)).toBe(false);
    // UDP has its turn again.
    expect(shown(choice.attempts(false))).toEqual(['udp+multicast', 'http', 'tcp']);
    expect(choice.silent('tcp', false)).toBe(false);
  });

  it('waits for nothing that rtsps excludes', () => {
    expect(new TransportChoice('udp').silent('tcp', true)).toBe(false);
    const choice = new TransportChoice('auto');
    expect([choice.silent('tcp', true), choice.silent('http', true)]).toEqual([true, false]);
  });

  it('does not doubt TCP that has worked: then the camera is silent, not the way', () => {
    const choice = new TransportChoice('auto', remembering('tcp'));
    expect(choice.silent('tcp', false)).toBe(false);
    expect(shown(choice.attempts(false))).toEqual(['tcp+udp+multicast', 'http']);
  });

  it('sends nothing beside the encrypted connection of rtsps', () => {
    expect(shown(new TransportChoice('auto', remembering('udp')).attempts(true))).toEqual([
      'tcp',
      'http',
    ]);
    expect(shown(new TransportChoice('udp').attempts(true))).toEqual(['tcp']);
  });
});
