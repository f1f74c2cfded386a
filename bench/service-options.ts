import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the unit sets for Node: what is measured is what is installed. @param root of the repository. */
export function nodeOptionsOfService(root: string): string {
  const unit = readFileSync(join(root, 'systemd', 'liveview.service'), 'utf8');
  const [, options] = /^Environment=NODE_OPTIONS=(.+)$/m.exec(unit) ?? [];
  if (options === undefined) throw new Error('systemd/liveview.service sets no NODE_OPTIONS');
  return options;
}
