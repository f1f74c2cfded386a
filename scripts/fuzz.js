/** Throws random and mutated input at the parsers: docs/design/fuzzing.md. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundled, root } from './bundled.js';

process.chdir(root);
const args = process.argv.slice(2);
// Apart, because the seeds of the others are what this one records.
const name = args.includes('--record') ? 'record' : 'main';
const folder = await bundled('fuzz', [`test/fuzz/${name}.ts`]);
const { main } = await import(pathToFileURL(join(folder, `${name}.mjs`)).href);
process.exit(await main(args));
