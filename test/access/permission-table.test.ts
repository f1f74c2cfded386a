import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { permissionsDocument } from '../../src/access/permission-table.ts';

it('docs/reference/permissions.md is what the table of permissions makes (npm run generate)', () => {
  const file = new URL('../../docs/reference/permissions.md', import.meta.url);
  expect(readFileSync(file, 'utf8')).toBe(permissionsDocument());
});
