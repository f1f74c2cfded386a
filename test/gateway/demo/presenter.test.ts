import { describe, expect, it } from '@jest/globals';
import { type LogFields, silentLogger } from '../../../src/core/log.ts';
import { pressHoldUp } from '../../../src/gateway/demo/demo.ts';
import { Presenter, type Script } from '../../../src/gateway/demo/presenter.ts';
import { demonstrationScripts } from '../../../src/gateway/demo/scripts.ts';
import { ACT_SECONDS } from '../../../src/simulator/scene/acts.ts';
import { codeThrownBy } from '../../liveview/harness.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function setUp(scripts?: readonly Script[]) {
  const clock = new ManualClock();
  const done: string[] = [];
  const errors: LogFields[] = [];
  const log = {
    ...silentLogger,
    error: (message: string, fields?: LogFields) => void errors.push({ ...fields, message }),
  };
  const own = demonstrationScripts({
    play: (act) => void done.push(`play ${act}`),
    pressHoldUp: async (button) => void done.push(`button ${button}`),
    askForImages: async ({ site }) => void done.push(`ask for ${site}`),
  });
  return { clock, done, errors, presenter: new Presenter({ clock, log, scripts: scripts ?? own }) };
}

describe('the demonstration', () => {
  it('plays a robbery: the cameras, then one button, then another', async () => {
    const { clock, done, presenter } = setUp();
    presenter.start('robbery');
    await clock.advanceAsync(0);
    expect(done).toEqual(['play robbery']);
    await clock.advanceAsync(13_000);
    expect(done).toEqual(['play robbery', 'button 1']);
    await clock.advanceAsync(2_000);
    expect(done).toEqual(['play robbery', 'button 1', 'button 2']);
    expect(presenter.running?.script).toBe('robbery');
    await clock.advanceAsync(90_000);
    expect(presenter.running).toBeUndefined();
    expect(done).toHaveLength(3);
  });

  it('plays a disturbance of which the control room has heard, which asks for images', async () => {
    const { clock, done, presenter } = setUp();
    presenter.start('disturbance');
    await clock.advanceAsync(20_000);
    expect(done).toEqual(['play disturbance', 'ask for square']);
  });

  it('tells every step in order, in both languages, while there is something to see', () => {
    for (const { id, steps, seconds } of setUp().presenter.scripts) {
      const times = steps.map(({ afterSeconds }) => afterSeconds);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(seconds).toBeGreaterThan(Math.max(...times, ACT_SECONDS[id as 'robbery']));
      for (const { text } of steps) expect(text.nl).not.toBe(text.en);
    }
  });

  it('plays one at a time, and nothing more once it is stopped', async () => {
    const { clock, done, presenter } = setUp();
    presenter.start('robbery');
    expect(codeThrownBy(() => presenter.start('disturbance'))).toBe('demonstration-running');
    await clock.advanceAsync(1_000);
    presenter.stop();
    await clock.advanceAsync(100_000);
    expect(done).toEqual(['play robbery']);
    presenter.start('disturbance');
    expect(presenter.running?.script).toBe('disturbance');
    expect(codeThrownBy(() => presenter.start('fire'))).toBe('unknown-script');
  });

  it('goes on when a step fails, and says so', async () => {
    const text = { nl: 'paneel', en: 'panel' };
    const done: string[] = [];
    const { clock, errors, presenter } = setUp([
      {
        ...{ id: 'one', title: text, seconds: 10 },
        steps: [
          { afterSeconds: 1, text, run: () => Promise.reject(new Error('no panel')) },
          { afterSeconds: 2, text, run: () => void done.push('next') },
        ],
      },
    ]);
    presenter.start('one');
    await clock.advanceAsync(5_000);
    expect(done).toEqual(['next']);
    expect(errors).toEqual([expect.objectContaining({ step: 'panel' })]);
    expect(presenter.running?.failedSeconds).toEqual([1]);
    presenter.stop();
    presenter.start('one');
    expect(presenter.running?.failedSeconds).toEqual([]);
  });

  it.each(['NAK', 'DUH'] as const)('notices that the panel is answered %s', async (kind) => {
    const reply = { kind, isEncrypted: false, sequence: '0001', address: '', time: undefined };
    const panel = { report: async () => ({ reply, sequence: 1, tries: 1, isClockSet: false }) };
    await expect(pressHoldUp(panel, 1)).rejects.toThrow(`answers ${kind}`);
    await expect(pressHoldUp(undefined, 1)).rejects.toThrow('no alarm panel');
  });
});
