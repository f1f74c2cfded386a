import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { componentsOf, isAllowed, licencesDocument, readLock } from '../scripts/components.js';

interface Bom {
  readonly bomFormat: string;
  readonly components: readonly {
    readonly 'bom-ref': string;
    readonly name: string;
    readonly version: string;
    readonly licenses: readonly unknown[];
    readonly hashes: readonly { readonly alg: string; readonly content: string }[];
  }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const components = componentsOf(readLock());
const used = components.filter(({ dev }) => !dev);

describe('licences', () => {
  it('of all packages, those to build and test included, are among the allowed', () => {
    expect(components.length).toBeGreaterThan(300);
    const refused = components.filter(({ licence }) => !isAllowed(licence));
    expect(refused.map(({ key, licence }) => `${key}: ${licence}`)).toEqual([]);
  });

  it.each([
    ['GPL-3.0-only', false],
    ['MIT AND AGPL-3.0-only', false],
    ['MIT OR GPL-2.0-only', true],
    ['(MIT OR CC0-1.0)', true],
    ['UNLICENSED', false],
    [undefined, false],
  ])('%s: %s', (licence, allowed) => {
    expect(isAllowed(licence)).toBe(allowed);
  });

  it('are listed as the lock file has them (npm run generate)', () => {
    expect(read('docs/licences.md')).toBe(licencesDocument());
  });
});

describe('the bill of materials of the build', () => {
  const bom: Bom = JSON.parse(read('dist/sbom.cdx.json'));

  it('has every package that is installed for use, and no other, each with its hash', () => {
    expect(bom.bomFormat).toBe('CycloneDX');
    const named = bom.components.map(({ name, version }) => `${name}@${version}`);
    expect(named).toEqual(used.map(({ key }) => key));
    for (const { licenses, hashes } of bom.components) {
      expect(licenses).toHaveLength(1);
      expect(hashes[0]?.content).toMatch(/^[0-9a-f]{128}$/);
    }
  });

  it('says which needs which, and leads from the product to each of them', () => {
    const [product, ...others] = bom.dependencies;
    const needs = new Map(bom.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
    expect(others.map(({ ref }) => ref)).toEqual(bom.components.map((each) => each['bom-ref']));
    const reached = new Set<string>();
    const reach = (ref: string) => {
      if (reached.has(ref)) return;
      reached.add(ref);
      for (const next of needs.get(ref) ?? []) reach(next);
    };
    reach(product?.ref ?? '');
    expect([...reached].sort()).toEqual([...needs.keys()].sort());
  });
});
