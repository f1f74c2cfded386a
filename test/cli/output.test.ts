import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { printJson } from '../../src/cli/output.ts';
import { runCli } from '../support/cli.ts';

const CONTROLS = '\u001b[31m\u007f\u009b31m\u202egpj.exe\u2066\u200f\u061c\u2028\u2029';

describe('what a terminal would obey', () => {
  it('is escaped in JSON, which says the same', () => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    printJson({ stdout, stderr, stdin: Readable.from([]), env: {} }, { name: CONTROLS });
    const text = String(stdout.read());
    expect(text).toMatch(/^[\n\x20-\x7e]+$/);
    expect(JSON.parse(text)).toEqual({ name: CONTROLS });
  });

  it('is shown and not obeyed in what a command says of its failure', async () => {
    const { code, stderr } = await runCli(['journal', 'verify', `/nowhere/${CONTROLS}`]);
    expect(code).not.toBe(0);
    expect(stderr).toContain('/nowhere/');
    expect(stderr.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
  });
});
