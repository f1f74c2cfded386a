import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { configJsonSchema, exampleYaml } from '../../src/config/documents.ts';
import { parseConfig } from '../../src/config/load.ts';

const root = new URL('../../', import.meta.url);

describe('the documents made from the schema', () => {
  it('cameras.example.yaml is what the schema makes (npm run generate)', () => {
    expect(readFileSync(new URL('cameras.example.yaml', root), 'utf8')).toBe(exampleYaml());
  });

  it('the example is a valid configuration', () => {
    const config = parseConfig(exampleYaml(), 'cameras.example.yaml');
    expect(config.cameras.map((camera) => camera.id)).toEqual(['shop-1', 'square-1']);
  });

  it('the JSON Schema for editors is what the schema makes (npm run generate)', () => {
    const file = readFileSync(new URL('docs/reference/config.schema.json', root), 'utf8');
    expect(JSON.parse(file)).toEqual(JSON.parse(JSON.stringify(configJsonSchema())));
  });

  it('describes every section in the example', () => {
    const sections = exampleYaml().matchAll(/^# (.+)\n(\w+):$/gm);
    expect([...sections].map((match) => match[2])).toEqual([
      'gateway',
      'access',
      'centre',
      'police',
      'controlRooms',
      'sites',
      'cameras',
      'policy',
      'closing',
      'journal',
      'transcode',
      'alarms',
    ]);
  });
});
