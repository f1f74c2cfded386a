/**
 * Runs the benchmarks against the build in dist/:
 *
 *   node bench/run.js [--quick] [--only WORD] [--output DIR]
 */

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundled, root } from '../scripts/bundled.js';

const programs = ['main', 'camera', 'crowd', 'broadcast'];
const folder = await bundled(
  'bench',
  programs.map((name) => `bench/${name}.ts`),
);
const { main } = await import(pathToFileURL(join(folder, 'main.mjs')).href);
process.exit(await main({ root, folder, args: process.argv.slice(2) }));
