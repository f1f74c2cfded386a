/** What the product is made of, read from the lock file: the packages that are installed, and under which licence. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Of packages whose manifest says it in an old form, which the lock file leaves out; read in the package. */
const SAID_OTHERWISE = { 'async@0.2.10': 'MIT' };

/**
 * Licences under which what we take may be passed on with a product under EUPL-1.2. Those of the LGPL are
 * libraries of their own, linked at run time, that whoever has the product may replace (libvips).
 */
export const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC-BY-4.0',
  'CC0-1.0',
  'ISC',
  'LGPL-3.0-or-later',
  'MIT',
]);

export function readLock() {
  return JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
}

/** Every package once for each version: name, version, licence, integrity, whether it is for development or optional. */
export function componentsOf(lock) {
  const found = Object.entries(lock.packages).flatMap(([path, entry]) => {
    if (path === '' || entry.link) return [];
    const name =
      entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const { version, integrity, dev = false, optional = false } = entry;
    const key = `${name}@${version}`;
    const licence = entry.license ?? SAID_OTHERWISE[key];
    return [[key, { key, name, version, licence, integrity, dev, optional, path, entry }]];
  });
  // The same package may lie in several places; one of them for use is enough.
  const unique = new Map();
  for (const [key, each] of found)
    if (!unique.has(key) || unique.get(key).dev) unique.set(key, each);
  return [...unique.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** Whether an expression of SPDX (A, A AND B, A OR B, in brackets) can be kept with allowed licences alone. */
export function isAllowed(licence = '') {
  const words = licence.replace(/[()]/g, '');
  const isOneAllowed = (part) => part.split(' AND ').every((id) => ALLOWED.has(id.trim()));
  return words.split(' OR ').some(isOneAllowed);
}

/** docs/licences.md */
export function licencesDocument() {
  const used = componentsOf(readLock()).filter(({ dev }) => !dev);
  const rows = [...byLicence(used)].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    '# Licences',
    '',
    'The gateway is under [EUPL-1.2](../LICENSE). These are the packages that it is installed with, from the lock file; the ones of',
    'other processors and systems are among them. Each has its own text in `node_modules`. The build writes the same, with hashes, as a',
    'bill of materials in CycloneDX: `dist/sbom.cdx.json`. ffmpeg is a program of the system, not part of the product.',
    '',
    '| Licence | Packages |',
    '|---|---|',
    ...rows.map(
      ([licence, all]) => `| ${licence} | ${all.map(({ key }) => `\`${key}\``).join(', ')} |`,
    ),
    '',
  ].join('\n');
}

function byLicence(components) {
  const found = new Map();
  for (const each of components)
    found.set(each.licence, [...(found.get(each.licence) ?? []), each]);
  return found;
}
