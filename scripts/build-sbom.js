/**
 * Writes dist/sbom.cdx.json: what the product is installed with, as a bill of materials (CycloneDX 1.5, JSON).
 * It follows from the lock file alone, so the same lock gives the same bytes.
 */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { componentsOf, readLock } from './components.js';

const lock = readLock();
const used = componentsOf(lock).filter(({ dev }) => !dev);
const product = lock.packages[''];
const productRef = `pkg:npm/${product.name}@${product.version}`;

const bom = {
  $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  serialNumber: `urn:uuid:${uuidOf(JSON.stringify(lock))}`,
  version: 1,
  metadata: {
    lifecycles: [{ phase: 'build' }],
    component: {
      ...{ type: 'application', 'bom-ref': productRef, purl: productRef },
      ...{ name: product.name, version: product.version },
      licenses: [{ license: { id: product.license } }],
    },
  },
  components: used.map(component),
  dependencies: [
    { ref: productRef, dependsOn: requiredBy('', product) },
    ...used.map((each) => ({ ref: purl(each), dependsOn: requiredBy(each.path, each.entry) })),
  ],
};
writeFileSync(
  new URL('../dist/sbom.cdx.json', import.meta.url),
  `${JSON.stringify(bom, null, 2)}\n`,
);

function component(each) {
  const { name, version, licence, integrity, optional } = each;
  const isExpression = / (AND|OR) /.test(licence);
  return {
    ...{ type: 'library', 'bom-ref': purl(each), name, version, purl: purl(each) },
    scope: optional ? 'optional' : 'required',
    licenses: [isExpression ? { expression: licence } : { license: { id: licence } }],
    hashes: integrity.split(' ').map((part) => {
      const [, algorithm, hash] = /^sha(\d+)-(.*)$/.exec(part);
      return { alg: `SHA-${algorithm}`, content: Buffer.from(hash, 'base64').toString('hex') };
    }),
  };
}

function purl({ name, version }) {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

/** As Node finds them: the nearest node_modules above. Those that no system here can have are not in the lock. */
function requiredBy(path, { dependencies = {}, optionalDependencies = {} }) {
  const names = Object.keys({ ...dependencies, ...optionalDependencies });
  const found = names.map((name) => resolve(path, name)).filter((each) => each !== undefined);
  return [...new Set(found)].sort();
}

function resolve(path, name) {
  for (let from = path; ; from = from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/')))) {
    const entry = lock.packages[`${from === '' ? '' : `${from}/`}node_modules/${name}`];
    if (entry) return purl({ name, version: entry.version });
    if (from === '') return undefined;
  }
}

/** Of what was named, so that another lock has another (RFC 9562 §5.8). */
function uuidOf(text) {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16);
  bytes[6] = (bytes[6] & 0x0f) | 0x80;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
