/** Cameras in trouble for half an hour: docs/design/video-path.md. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundled } from './bundled.js';

const folder = await bundled('soak', ['test/soak/main.ts']);
const { main } = await import(pathToFileURL(join(folder, 'main.mjs')).href);
process.exit(await main(process.argv.slice(2)));
