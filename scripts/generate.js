/** Writes the documents that are made from the code: the example configuration, its JSON Schema, who may do what, licences. */
import { writeFileSync } from 'node:fs';
import { permissionsDocument } from '../dist/access/permission-table.js';
import { configJsonSchema, exampleYaml } from '../dist/config/documents.js';
import { licencesDocument } from './components.js';

const root = new URL('../', import.meta.url);
writeFileSync(new URL('cameras.example.yaml', root), exampleYaml());
writeFileSync(
  new URL('docs/reference/config.schema.json', root),
  `${JSON.stringify(configJsonSchema(), null, 2)}\n`,
);
writeFileSync(new URL('docs/reference/permissions.md', root), permissionsDocument());
writeFileSync(new URL('docs/licences.md', root), licencesDocument());
