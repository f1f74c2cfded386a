/**
 * Makes dist/verify-journal.mjs: the verifier of exported journals as one file that needs Node and
 * nothing else, to be given to an auditor. Not minified: it is to be read.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = 'src/verifier/verify-journal.ts';
const [explanation] = /^\/\*\*.*?\*\//s.exec(readFileSync(join(root, source), 'utf8')) ?? [];
if (!explanation) throw new Error(`${source} does not begin with what it is for`);

await build({
  absWorkingDir: root,
  entryPoints: [source],
  outfile: process.argv[2] ?? join('dist', 'verify-journal.mjs'),
  banner: { js: `#!/usr/bin/env node\n${explanation}` },
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  packages: 'external',
  logLevel: 'warning',
});
