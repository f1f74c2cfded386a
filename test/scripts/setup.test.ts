import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const SETUP = fileURLToPath(new URL('../../scripts/setup.js', import.meta.url));
const INSTALL = 'apt-get install -y --no-install-recommends ffmpeg';

describe('set-up of a fresh clone', () => {
  let root: string;
  let bin: string;
  let log: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'liveview-setup-'));
    bin = join(root, 'bin');
    log = join(root, 'log');
    for (const folder of ['bin', 'scripts', 'src', 'web', 'node_modules']) {
      mkdirSync(join(root, folder));
    }
    copyFileSync(SETUP, join(root, 'scripts', 'setup.js'));
    for (const file of ['package-lock.json', 'tsconfig.base.json', 'tsconfig.build.json']) {
      writeFileSync(join(root, file), '{}');
    }
    const build = `import { appendFileSync } from 'node:fs';
      appendFileSync(${JSON.stringify(log)}, 'build\\n');`;
    writeFileSync(join(root, 'scripts', 'build.js'), build);
    writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
    writeFileSync(log, '');
    program('npm');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  /** Stands for a program: writes down how it was called, and does no more than it is told. */
  function program(name: string, work = ''): void {
    const file = join(bin, name);
    writeFileSync(file, `#!/bin/sh\necho "${name} $*" >> "${log}"\n${work}\n`);
    chmodSync(file, 0o755);
  }

  /** On a machine that has nothing but the programs of this test. */
  function setUp({ asRoot = false, args = [] as string[] } = {}) {
    const user = `data:text/javascript,process.getuid=()=>${asRoot ? 0 : 1000}`;
    const script = join(root, 'scripts', 'setup.js');
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', user, script, ...args],
      { env: { PATH: bin }, encoding: 'utf8' },
    );
    const ran = readFileSync(log, 'utf8').split('\n').slice(0, -1);
    writeFileSync(log, '');
    return { status, says: stdout + stderr, ran };
  }

  it('says what to type when ffmpeg is missing and nobody may install it', () => {
    program('apt-get');
    program('sudo', 'exit 1');
    const { status, says, ran } = setUp();
    expect(status).toBe(1);
    expect(says).toContain('set-up: These programs are missing: ffmpeg.\n');
    expect(says).toContain(`set-up: Type: sudo apt-get update && sudo ${INSTALL}\n`);
    expect(ran).toEqual(['sudo -n true']);
  });

  it('says the same where there is no apt-get, to root too', () => {
    const { status, says, ran } = setUp({ asRoot: true });
    expect(status).toBe(1);
    expect(says).toContain(`Type: sudo apt-get update && sudo ${INSTALL}\n`);
    expect(says).toContain('On other systems install the packages that carry the same programs');
    expect(ran).toEqual([]);
  });

  it('names what the tests need besides', () => {
    expect(setUp({ args: ['--test'] }).says).toMatch(
      /Type: .* ffmpeg systemd .*gstreamer1\.0-tools/,
    );
  });

  it('installs by sudo when that asks nothing, then npm packages, then builds; then nothing more', () => {
    program('apt-get');
    program('sudo', 'shift; PATH=/usr/bin:/bin; [ "$1" = true ] || "$(dirname "$0")/$@"');
    const first = setUp();
    expect(first).toMatchObject({
      status: 0,
      ran: [
        'sudo -n true',
        ...['sudo -n apt-get update -qq', 'apt-get update -qq'],
        ...[`sudo -n ${INSTALL} -qq`, `${INSTALL} -qq`],
        ...['npm ci --no-audit --no-fund', 'build'],
      ],
    });
    program('ffmpeg');
    program('ffprobe');
    expect(setUp()).toEqual({ status: 0, says: '', ran: [] });
  });

  it('installs as root without sudo', () => {
    program('apt-get');
    expect(setUp({ asRoot: true }).ran.slice(0, 2)).toEqual([
      'apt-get update -qq',
      `${INSTALL} -qq`,
    ]);
  });

  it('does again what has something new to do', () => {
    program('ffmpeg');
    program('ffprobe');
    expect(setUp().ran).toEqual(['npm ci --no-audit --no-fund', 'build']);
    writeFileSync(join(root, 'src', 'new.ts'), '');
    expect(setUp().ran).toEqual(['build']);
    writeFileSync(join(root, 'package-lock.json'), '{ }');
    expect(setUp().ran).toEqual(['npm ci --no-audit --no-fund', 'build']);
  });

  it('stops where something fails, and does it again the next time', () => {
    program('ffmpeg');
    program('ffprobe');
    program('npm', 'exit 1');
    expect(setUp()).toMatchObject({ status: 1, ran: ['npm ci --no-audit --no-fund'] });
    program('npm');
    expect(setUp()).toMatchObject({ status: 0, ran: ['npm ci --no-audit --no-fund', 'build'] });
  });
});
