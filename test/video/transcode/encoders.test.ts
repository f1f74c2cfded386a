import { PassThrough } from 'node:stream';
import { describe, expect, it, jest } from '@jest/globals';
import { systemClock } from '../../../src/core/clock.ts';
import { type Logger, silentLogger } from '../../../src/core/log.ts';
import type { FfmpegExit } from '../../../src/video/transcode/child.ts';
import { SOFTWARE } from '../../../src/video/transcode/encoder.ts';
import { probeEncoder } from '../../../src/video/transcode/encoder-probe.ts';
import { Encoders, type EncodersOptions } from '../../../src/video/transcode/encoders.ts';
import { startFfmpeg } from '../../../src/video/transcode/ffmpeg.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { WITH_VAAPI, withScriptedFfmpeg } from '../../support/scripted-ffmpeg.ts';

const real = { clock: systemClock, start: startFfmpeg };

describe('trying an encoder with the real ffmpeg', () => {
  it('finds that software works', async () => {
    await expect(probeEncoder(SOFTWARE, real)).resolves.toBeUndefined();
  });

  it.each(['vaapi', 'qsv', 'nvenc', 'v4l2m2m'] as const)(
    'finds that %s does not where its device is not, in the words of ffmpeg',
    async (kind) => {
      const device = kind === 'nvenc' ? '99' : '/nonexistent/device';
      await expect(probeEncoder({ kind, device }, real)).rejects.toMatchObject({
        code: 'encoder-not-available',
        message: expect.stringMatching(new RegExp(`^${kind} does not encode: .{10,}`)),
      });
    },
  );

  it('believes pictures alone, not an exit without an error', async () => {
    await withScriptedFfmpeg('exit 0', async () => {
      await expect(probeEncoder({ kind: 'vaapi' }, real)).rejects.toThrow(
        '0 of 5 pictures came out',
      );
    });
    await withScriptedFfmpeg('echo rubbish, and more of it', async () => {
      await expect(probeEncoder({ kind: 'vaapi' }, real)).rejects.toThrow(
        'something else than FLV',
      );
    });
  });

  it('gives up a driver that hangs', async () => {
    const clock = new ManualClock();
    let exit: (exit: FfmpegExit) => void = () => undefined;
    const trying = probeEncoder(
      { kind: 'vaapi' },
      {
        clock,
        start: () => ({
          ...{ pid: undefined, stdin: new PassThrough(), stdout: new PassThrough() },
          exited: new Promise((resolve) => {
            exit = resolve;
          }),
          stop: async () => exit({ code: null, signal: 'SIGTERM', lastWords: [] }),
        }),
      },
    );
    clock.advance(10_000);
    await expect(trying).rejects.toThrow('0 of 5 pictures came out');
  });
});

describe('choosing an encoder', () => {
  it('takes software, says so aloud and keeps saying it when the one of the configuration fails', async () => {
    const { encoders, warn } = make({ wanted: 'vaapi', device: '/nonexistent/device' });
    await encoders.choose();
    expect(encoders.chosen).toEqual(SOFTWARE);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('vaapi does not encode'), {
      encoder: 'vaapi',
    });
    expect(encoders.problem).toMatch(
      /^transcode.encoder: vaapi does .*encoded in software instead$/,
    );
  });

  it('takes the one of the configuration when it works', async () => {
    await withScriptedFfmpeg(WITH_VAAPI, async () => {
      const { encoders, warn } = make({ wanted: 'vaapi', device: '/dev/dri/renderD129' });
      await encoders.choose();
      expect(encoders.chosen).toEqual({ kind: 'vaapi', device: '/dev/dri/renderD129' });
      expect(encoders.problem).toBeUndefined();
      expect(warn).not.toHaveBeenCalled();
    });
  });

  it('by itself takes the first that is there and works, and does not call the others a problem', async () => {
    await withScriptedFfmpeg(WITH_VAAPI, async () => {
      const exists = (path: string) => path.startsWith('/dev/dri/');
      const { encoders, warn } = make({ wanted: 'auto', exists });
      await encoders.choose();
      expect(encoders.chosen.kind).toBe('vaapi');
      expect(warn).toHaveBeenCalledTimes(1);
      expect(warn).toHaveBeenCalledWith(expect.stringContaining('qsv'), { encoder: 'qsv' });
      expect(encoders.problem).toBeUndefined();
    });
  });

  it.each(['auto', 'software'] as const)(
    'tries nothing with %s on a machine without a device',
    async (wanted) => {
      const start = jest.fn<typeof startFfmpeg>();
      const { encoders } = make({ wanted, start, exists: () => false });
      await encoders.choose();
      expect(encoders.chosen).toEqual(SOFTWARE);
      expect(start).not.toHaveBeenCalled();
    },
  );
});

describe('places for encoders', () => {
  it('are as many as the configuration says, and come back once each', () => {
    const { encoders } = make({ wanted: 'software', max: 2 });
    const giveBack = encoders.take();
    encoders.take();
    const refusal = expect.objectContaining({ code: 'too-many-encoders' });
    expect(() => encoders.take()).toThrow(refusal);
    giveBack();
    giveBack();
    expect(encoders.inUse).toBe(1);
    encoders.take();
    expect(() => encoders.take()).toThrow(refusal);
  });
});

function make(options: Partial<EncodersOptions> & Pick<EncodersOptions, 'wanted'>) {
  const warn = jest.fn<Logger['warn']>();
  const log = { ...silentLogger, warn };
  return { warn, encoders: new Encoders({ max: 4, clock: systemClock, log, ...options }) };
}
