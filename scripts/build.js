/** Compiles src to dist, bundles the verifier into one file there, lists what it is made of, and bundles the consoles to web/dist. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const typescript = createRequire(import.meta.url).resolve('typescript/package.json');

rmSync(join(root, 'dist'), { recursive: true, force: true });
run(join(dirname(typescript), 'bin', 'tsc'), '-p', 'tsconfig.build.json');
run(join(root, 'scripts', 'build-verifier.js'));
run(join(root, 'scripts', 'build-sbom.js'));
run(join(root, 'scripts', 'build-web.js'));

function run(script, ...args) {
  const result = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' });
  if (result.status !== 0) process.exit(result.status ?? 1);
}
