#!/usr/bin/env node
import { existsSync } from 'node:fs';

// Node's own answer is to open its debugger to whoever is on this machine.
process.on('SIGUSR1', () => undefined);

const program = new URL('../dist/cli/main.js', import.meta.url);
if (!existsSync(program)) {
  console.error('liveview: this checkout is not built yet; run: npm run setup');
  process.exit(1);
}
const { main } = await import(program.href);
process.exitCode = await main(process.argv.slice(2));
