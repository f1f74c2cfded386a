/**
 * Every check there is: style, types, tests. The last line is always `N passed, N failed, N skipped`;
 * Jest's reporter prints it when it gets that far. Arguments go to Jest.
 */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');

const CHECKS = [
  ['style', join(modules, '@biomejs/biome/bin/biome'), 'check', '--error-on-warnings', '.'],
  ['types', join(modules, 'typescript/bin/tsc'), '-p', 'tsconfig.json'],
  ['types of the consoles', join(modules, 'typescript/bin/tsc'), '-p', 'web/tsconfig.json'],
];

for (const [name, script, ...args] of CHECKS) {
  const { status } = node([script, ...args]);
  if (status === 0) continue;
  console.log(`the check of ${name} failed\n0 passed, 1 failed, 0 skipped`);
  process.exit(1);
}
const jest = join(modules, 'jest/bin/jest.js');
const options = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
process.exit(node([...options, jest, ...process.argv.slice(2)]).status ?? 1);

function node(args) {
  return spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
}
