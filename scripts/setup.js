/**
 * Makes a fresh clone ready: system packages, npm packages, build. Uses nothing but Node itself, and
 * is done in a moment when there is nothing to do.
 *
 *   node scripts/setup.js          what the gateway and its demonstration need
 *   node scripts/setup.js --test   the real peers of the tests as well
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const MINIMUM_NODE = [20, 19];

/** A Debian package and a file or command that shows that it is there. */
const RUN_PACKAGES = [['ffmpeg', () => onPath('ffmpeg') && onPath('ffprobe')]];
const TEST_PACKAGES = [
  ['systemd', () => onPath('systemd-analyze')],
  ['chromium', () => existsSync('/usr/bin/chromium')],
  ['gstreamer1.0-tools', () => onPath('gst-launch-1.0')],
  ['gstreamer1.0-plugins-base', () => inLibrary('gstreamer-1.0/libgstvideotestsrc.so')],
  ['gstreamer1.0-plugins-good', () => inLibrary('gstreamer-1.0/libgstrtsp.so')],
  ['gstreamer1.0-plugins-bad', () => inLibrary('gstreamer-1.0/libgstvideoparsersbad.so')],
  ['gstreamer1.0-plugins-ugly', () => inLibrary('gstreamer-1.0/libgstx264.so')],
  ['gir1.2-gst-rtsp-server-1.0', () => inLibrary('girepository-1.0/GstRtspServer-1.0.typelib')],
  ['openssl', () => onPath('openssl')],
  ['glib-networking', () => inLibrary('gio/modules/libgiognutls.so')],
  ['python3-gi', () => existsSync('/usr/lib/python3/dist-packages/gi/__init__.py')],
];

checkNode();
installSystemPackages(
  process.argv.includes('--test') ? [...RUN_PACKAGES, ...TEST_PACKAGES] : RUN_PACKAGES,
);
installNpmPackages();
build();

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [wantMajor, wantMinor] = MINIMUM_NODE;
  if (major > wantMajor || (major === wantMajor && minor >= wantMinor)) return;
  fail(
    `Node ${wantMajor}.${wantMinor} or newer is needed; this is ${process.version}.`,
    'See https://nodejs.org/en/download, or on Debian 13 and newer: apt-get install nodejs npm',
  );
}

function installSystemPackages(wanted) {
  const missing = wanted.filter(([, present]) => !present()).map(([name]) => name);
  if (missing.length === 0) return;
  const install = ['apt-get', 'install', '-y', '--no-install-recommends', ...missing];
  const prefix = privilege();
  if (!onPath('apt-get') || !prefix) {
    fail(
      `These programs are missing: ${missing.join(', ')}.`,
      `Type: sudo apt-get update && sudo ${install.join(' ')}`,
      'On other systems install the packages that carry the same programs, then run this again.',
    );
  }
  say(`installing ${missing.join(', ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run([...prefix, 'apt-get', 'update', '-qq'], { env });
  run([...prefix, ...install, '-qq'], { env });
}

/** How to become root without a question: not at all, by sudo, or undefined when it is not permitted. */
function privilege() {
  if (process.getuid?.() === 0) return [];
  const allowed = onPath('sudo') && spawnSync('sudo', ['-n', 'true']).status === 0;
  return allowed ? ['sudo', '-n'] : undefined;
}

function installNpmPackages() {
  const stamp = join(root, 'node_modules', '.liveview-setup');
  const wanted = hash([join(root, 'package-lock.json')]);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say('installing npm packages');
  run(['npm', 'ci', '--no-audit', '--no-fund']);
  writeFileSync(stamp, wanted);
}

function build() {
  const stamp = join(root, 'dist', '.liveview-build');
  const inputs = [
    ...filesBelow(join(root, 'src')),
    ...filesBelow(join(root, 'web')).filter((file) => !file.startsWith(join(root, 'web', 'dist'))),
    ...filesBelow(join(root, 'scripts')),
    join(root, 'package-lock.json'),
    join(root, 'tsconfig.base.json'),
    join(root, 'tsconfig.build.json'),
  ];
  const wanted = hash(inputs);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say('building');
  run([process.execPath, join(root, 'scripts', 'build.js')]);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/** Of names and contents. */
function hash(files) {
  const digest = createHash('sha256');
  for (const file of files)
    digest.update(file.slice(root.length)).update('\0').update(readFileSync(file));
  return digest.digest('hex');
}

function onPath(command) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.some((folder) => existsSync(join(folder, command)));
}

/** In the library folder of this machine's architecture, whatever its name: `/usr/lib/x86_64-linux-gnu`. */
function inLibrary(file) {
  const folders = existsSync('/usr/lib') ? readdirSync('/usr/lib') : [];
  return [...folders.filter((name) => name.includes('-linux-')), '.'].some((name) =>
    existsSync(join('/usr/lib', name, file)),
  );
}

function run(command, options = {}) {
  const [program, ...args] = command;
  const result = spawnSync(program, args, { cwd: root, stdio: 'inherit', ...options });
  if (result.status !== 0) fail(`This failed: ${command.join(' ')}`);
}

function say(text) {
  console.error(`set-up: ${text}`);
}

function fail(...lines) {
  for (const line of lines) say(line);
  process.exit(1);
}
