import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../src/core/clock.ts';
import {
  containmentGaps,
  launchOf,
  MAX_DATA_BYTES,
  MAX_OPEN_FILES,
  MAX_TASKS,
  NICENESS,
  OOM_SCORE,
} from '../../../src/video/transcode/containment.ts';
import {
  type FfmpegJob,
  type FfmpegProcess,
  startFfmpeg,
} from '../../../src/video/transcode/ffmpeg.ts';
import { startMpeg1Muxer } from '../../../src/video/transcode/mpeg1-muxer.ts';
import { commandOf, MAY_ISOLATE, sharesNetwork } from '../../support/child-processes.ts';
import { withScriptedFfmpeg } from '../../support/scripted-ffmpeg.ts';
import { until } from '../../support/until.ts';

const WAITING: FfmpegJob = {
  name: 'waiting',
  inputOptions: ['-f', 'rawvideo', '-pix_fmt', 'gray', '-video_size', '16x16'],
  input: 'pipe:0',
  outputOptions: ['-f', 'rawvideo'],
  output: 'pipe:1',
};

/** What the kernel knows of it; 0 when nothing. */
const LANDLOCK = Number(
  spawnSync('perl', ['-e', 'print syscall(444, 0, 0, 1)'], { encoding: 'utf8' }).stdout,
);

/** Of a script in its place: what fluent-ffmpeg asks beforehand is answered. */
const ANSWERS = 'if [ $# -eq 1 ]; then exec ffmpeg "$@"; fi';

let running: FfmpegProcess | undefined;
let other: ChildProcess | undefined;
afterEach(async () => {
  await running?.stop('SIGKILL');
  running = undefined;
  other?.kill('SIGKILL');
});

/** Of a process that has become ffmpeg. */
async function begun(process: FfmpegProcess): Promise<number> {
  running = process;
  return until('ffmpeg', () => {
    const { pid } = process;
    return pid !== undefined && commandOf(pid) === 'ffmpeg' ? pid : undefined;
  });
}

function proc(pid: number, file: string): string {
  return readFileSync(`/proc/${pid}/${file}`, 'latin1');
}

function descriptorsOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).flatMap((fd) => {
    try {
      return [readlinkSync(`${folder}/${fd}`)];
    } catch {
      // Closed since.
      return [];
    }
  });
}

/** Name → soft and hard limit. */
function limitsOf(pid: number): Map<string, string> {
  const rows = proc(pid, 'limits').split('\n').slice(1);
  return new Map(
    rows.map((row) => [
      row.slice(0, 25).trim(),
      row.slice(25).trim().split(/\s+/).slice(0, 2).join(' '),
    ]),
  );
}

const KINDS: [string, () => FfmpegProcess][] = [
  ['that fluent-ffmpeg starts', () => startFfmpeg(WAITING)],
  ['that node-rtsp-stream starts', () => startMpeg1Muxer({}, systemClock)],
];

describe.each(KINDS)('a process %s', (_, start) => {
  it('has no network: a namespace of its own, without an interface but a dead loopback', async () => {
    const pid = await begun(start());
    expect(proc(pid, 'status')).toMatch(/^NoNewPrivs:\t1$/m);
    expect(sharesNetwork(pid)).toBe(!MAY_ISOLATE);
    if (!MAY_ISOLATE) return;
    expect(readlinkSync(`/proc/${pid}/ns/user`)).not.toBe(readlinkSync('/proc/self/ns/user'));
    const devices = proc(pid, 'net/dev').split('\n').slice(2).filter(Boolean);
    expect(devices.map((line) => line.trim().split(':')[0])).toEqual(['lo']);
    expect(proc(pid, 'net/route').trim().split('\n')).toHaveLength(1);
    // Nobody in its namespace, and so without the rights that its maker would have there.
    expect(proc(pid, 'uid_map')).toBe('');
    expect(proc(pid, 'status')).toMatch(/^CapEff:\t0+$/m);
  });

  it('has bounds on memory and files, writes none, leaves no core, and goes first', async () => {
    const pid = await begun(start());
    const limits = limitsOf(pid);
    const same = (limit: number) => `${limit} ${limit}`;
    expect(limits.get('Max data size')).toBe(same(MAX_DATA_BYTES));
    expect(limits.get('Max open files')).toBe(same(MAX_OPEN_FILES));
    expect(limits.get('Max file size')).toBe(same(0));
    expect(limits.get('Max core file size')).toBe(same(0));
    if (MAY_ISOLATE) expect(limits.get('Max processes')).toBe(same(MAX_TASKS));
    expect(Number(proc(pid, 'oom_score_adj'))).toBe(OOM_SCORE);
    expect(getPriority(pid)).toBe(Math.min(19, getPriority() + NICENESS));
  });

  it('inherits no descriptor but its pipes, and no variable that it has no use for', async () => {
    process.env['LIVEVIEW_TEST_CANARY'] = 'geheim';
    const pid = await begun(start());
    // It has its name before it has them.
    const variables = await until('its variables', () => {
      const all = proc(pid, 'environ').split('\0').filter(Boolean);
      return all.length > 0 ? all : undefined;
    });
    delete process.env['LIVEVIEW_TEST_CANARY'];
    expect(variables.map((line) => line.split('=')[0])).toContain('PATH');
    expect(variables.join()).not.toMatch(/geheim|HOME|NODE|USER/);
    // What this process was itself started with is not of its making.
    const given = descriptorsOf(process.ppid);
    // Once it has read its libraries.
    await until('three pipes and nothing else', () => {
      const open = descriptorsOf(pid).filter((target) => !given.includes(target));
      return open.length === 3 && open.every((target) => /^(socket|pipe):/.test(target));
    });
  });
});

describe('a process', () => {
  it('that has an end may use so much processor time and no more', async () => {
    const pid = await begun(startFfmpeg({ ...WAITING, cpuSeconds: 7 }));
    expect(limitsOf(pid).get('Max cpu time')).toBe('7 7');
  });

  it('that would take more memory than it may is told that there is none', async () => {
    const greedy = `${ANSWERS}; exec /usr/bin/python3 -c 'bytearray(${2 * MAX_DATA_BYTES})'`;
    await withScriptedFfmpeg(greedy, async () => {
      running = startFfmpeg(WAITING);
      const { code, lastWords } = await running.exited;
      expect([code, lastWords.join('\n')]).toEqual([1, expect.stringContaining('MemoryError')]);
    });
  });

  it('that would start others without end is stopped, and keeps nobody else from starting some', async () => {
    if (!MAY_ISOLATE) return;
    // The superuser is not counted, and the service is another.
    const other = ['--reuid=65534', '--regid=65534', '--clear-groups'];
    const who = process.getuid?.() === 0 ? other : [];
    const bomb = `
import os, signal, sys, time
count = 0
try:
    while count < 4000:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        count += 1
except BlockingIOError:
    pass
print(count, flush=True)
sys.stdin.read()
os.killpg(0, signal.SIGKILL)`;
    const { file, args, env } = launchOf('/usr/bin/python3');
    const start = () =>
      spawn('setpriv', [...who, '--', file, ...args, '-c', bomb], { env, detached: true });
    const bombs = [start(), start()];
    const counts = await Promise.all(
      bombs.map(async ({ stdout }) => Number((await once(stdout, 'data'))[0])),
    );
    for (const each of bombs) each.stdin.end();
    await Promise.all(bombs.map((each) => once(each, 'close')));
    // Each has its own bound.
    expect(counts).toEqual([MAX_TASKS - 1, MAX_TASKS - 1]);
  });

  it('that was taken over opens nothing of the gateway, removes nothing, and cannot signal it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'liveview-data-'));
    const file = join(folder, 'users.json');
    writeFileSync(file, 'geheim');
    const attempts: Record<string, string> = {
      read: `open('${file}').read()`,
      list: `os.listdir('${folder}')`,
      change: `mmap.mmap(os.open('${file}', os.O_RDWR), 6)[:6]`,
      remove: `os.unlink('${file}')`,
      rename: `os.rename('${file}', '${file}.old')`,
      make: `os.mkdir('${folder}/x')`,
      link: `os.link('${file}', '${folder}/y')`,
      processes: `os.listdir('/proc')`,
      environment: `open('/proc/self/environ').read()`,
      passwords: `open('/etc/passwd').read()`,
      ...(LANDLOCK >= 6 ? { signal: `os.kill(${process.pid}, 0)` } : {}),
    };
    const lines = Object.entries(attempts).map(
      ([name, attempt]) => `try:\n  ${attempt}\n  print('${name}')\nexcept OSError: pass\n`,
    );
    const program = `import mmap, os\n${lines.join('')}open('/usr/bin/python3', 'rb').read(1)\nprint('end')`;
    const { file: first, args, env } = launchOf('/usr/bin/python3');
    const { stdout } = spawnSync(first, [...args, '-c', program], { env, encoding: 'utf8' });
    const done = stdout.trim().split('\n');
    expect(done).toEqual(LANDLOCK > 0 ? ['end'] : [...Object.keys(attempts), 'end']);
  });

  it('runs without a shell: its command is ffmpeg, its parent is the gateway', async () => {
    const pid = await begun(startFfmpeg(WAITING));
    expect(proc(pid, 'cmdline').split('\0')[0]).toMatch(/ffmpeg$/);
    expect(proc(pid, 'status')).toMatch(new RegExp(`^PPid:\t${process.pid}$`, 'm'));
  });

  it('dies with a parent that is killed, although it heeds none of its pipes', async () => {
    await withScriptedFfmpeg(`${ANSWERS}; exec sleep 600`, async (path) => {
      const module = new URL('../../../dist/video/transcode/ffmpeg.js', import.meta.url);
      const program = `
        import { startFfmpeg } from ${JSON.stringify(module.href)};
        const job = startFfmpeg(${JSON.stringify(WAITING)});
        setInterval(() => { if (job.pid) console.log(job.pid); }, 20);`;
      other = spawn(process.execPath, ['--input-type=module', '--eval', program], {
        stdio: ['pipe', 'pipe', 'inherit'],
        env: { ...process.env, FFMPEG_PATH: path },
      });
      let said = '';
      other.stdout?.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
      const pid = Number(await until('a child', () => /^\d+$/m.exec(said)?.[0]));
      await until('the job', () => commandOf(pid) === 'sleep');
      other.kill('SIGKILL');
      await until('its end', () => commandOf(pid) === undefined);
    });
  });
});

/** A web server that notes what it is asked for. */
async function listening() {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { asked, server, port: (server.address() as AddressInfo).port };
}

describe('a stream that names addresses', () => {
  const playlists: [string, string[], (url: string) => string][] = [
    [
      'an HLS playlist',
      ['-f', 'hls'],
      (url) => `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${url}\n#EXT-X-ENDLIST\n`,
    ],
    [
      'a list of files',
      ['-f', 'concat', '-safe', '0'],
      (url) => `ffconcat version 1.0\nfile '${url}'\n`,
    ],
    [
      'a session description',
      ['-f', 'sdp'],
      (url) =>
        `v=0\no=- 0 0 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=video ${new URL(url).port || 9} RTP/AVP 96\na=rtpmap:96 H264/90000\n`,
    ],
  ];

  it.each(playlists)('as %s reaches neither the network nor a file', async (_, options, text) => {
    const { asked, port, server } = await listening();
    for (const url of [`http://127.0.0.1:${port}/segment.ts`, 'file:///etc/hostname']) {
      running = startFfmpeg({ ...WAITING, inputOptions: options });
      running.stdin.end(text(url));
      const { code, lastWords } = await running.exited;
      expect(code).not.toBe(0);
      expect(lastWords.join('\n')).toMatch(/not on whitelist|Invalid data|Protocol not found/);
    }
    expect(asked).toEqual([]);
    server.close();
  });

  it('would reach it, were it not contained', async () => {
    const { asked, port, server } = await listening();
    const text = `ffconcat version 1.0\nfile 'http://127.0.0.1:${port}/segment.ts'\n`;
    const wide = ['-protocol_whitelist', 'pipe,file,http,tcp', '-f', 'concat', '-safe', '0'];
    // Allowed by ffmpeg itself, the namespace still has no way there.
    running = startFfmpeg({ ...WAITING, inputOptions: wide });
    running.stdin.end(text);
    const { lastWords } = await running.exited;
    if (MAY_ISOLATE) expect(lastWords.join('\n')).toMatch(/unreachable|refused/i);
    expect(asked.splice(0)).toEqual(MAY_ISOLATE ? [] : ['/segment.ts']);
    other = spawn('ffmpeg', [...wide, '-i', 'pipe:0', '-f', 'null', '-'], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    other.stdin?.end(text);
    await once(other, 'exit');
    expect(asked).toEqual(['/segment.ts']);
    server.close();
  });
});

describe('the launch', () => {
  it('lacks here at most what the machine forbids', () => {
    expect(containmentGaps()).toEqual([
      ...(MAY_ISOLATE ? [] : [expect.stringContaining('unshare --user --net')]),
      ...(LANDLOCK > 0 ? [] : [expect.stringContaining('Landlock')]),
    ]);
  });

  it('goes without what a machine does not have, and says each', () => {
    const folder = mkdtempSync(join(tmpdir(), 'liveview-path-'));
    for (const program of ['nice', 'ffmpeg', 'true'])
      symlinkSync(`/usr/bin/${program}`, join(folder, program));
    const dist = new URL('../../../dist/video/transcode/', import.meta.url);
    const program = `
      import { containmentGaps } from ${JSON.stringify(new URL('containment.js', dist).href)};
      import { findFfmpeg } from ${JSON.stringify(new URL('ffmpeg.js', dist).href)};
      console.log(JSON.stringify({ gaps: containmentGaps(), version: await findFfmpeg() }));`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
      encoding: 'utf8',
      env: { PATH: folder },
    });
    const { gaps, version } = JSON.parse(stdout);
    expect(version).toMatch(/^\d+\.\d+/);
    expect(gaps).toEqual(
      ['unshare', 'setpriv', 'choom', 'perl', 'prlimit'].map((name) =>
        expect.stringContaining(name),
      ),
    );
  });

  it('has nothing of a command in words that a shell would read', async () => {
    await withScriptedFfmpeg('printf "%s\\n" "$@" >&2; exit 1', async () => {
      const tricky = '$(touch /tmp/x); `id` | "quoted" > out';
      running = startFfmpeg({ ...WAITING, outputOptions: ['-metadata', tricky] });
      expect((await running.exited).lastWords).toContain(tricky);
    });
  });

  it('says what is missing when the program is not there', () => {
    expect(() => launchOf('/nonexistent/ffmpeg')).toThrow('apt-get install');
  });
});
