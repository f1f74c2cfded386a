import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));

describe('the build', () => {
  /**
   * TypeScript 7.0 renames the keys of object literals inside a class of the same name when it has
   * to lower class syntax; the target is therefore the newest, for which it lowers nothing.
   */
  it('leaves classes as they were written', () => {
    const files = readdirSync(dist, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.js'))
      .map((entry) => join(entry.parentPath, entry.name));
    expect(files.length).toBeGreaterThan(100);
    const lowered = files.filter((file) => /^var _a\b/m.test(readFileSync(file, 'utf8')));
    expect(lowered).toEqual([]);
  });
});
