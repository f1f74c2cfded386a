import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { parseSync } from '@swc/core';
import { IMPORT_TABLE } from './support/import-table.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

interface Import {
  /** Relative to the repository, e.g. `src/liveview/desk.ts`. */
  readonly from: string;
  /** The same, or the name of a package. */
  readonly to: string;
  readonly typeOnly: boolean;
}

const sources = filesBelow('src').filter((file) => file.endsWith('.ts'));
const imports = sources.flatMap(importsOf);
const between = imports.filter((item) => item.to.startsWith('src/'));

describe('imports', () => {
  it('finds the imports that it is to judge', () => {
    expect(sources.length).toBeGreaterThan(50);
    expect(between.length).toBeGreaterThan(sources.length);
  });

  it('follow the table', () => {
    const forbidden = between.filter((item) => !allowed(item)).map(show);
    expect(forbidden).toEqual([]);
  });

  it('every folder of src is in the table', () => {
    const unknown = sources.filter((file) => !(folderOf(file) in IMPORT_TABLE));
    expect(unknown).toEqual([]);
  });

  it('the controls of a camera are known to the desk alone, and by its types alone', () => {
    const users = between
      .filter((item) => item.to.startsWith('src/cameras/') && item.from.startsWith('src/liveview/'))
      .map((item) => `${show(item)}${item.typeOnly ? ' (types)' : ''}`);
    expect(new Set(users)).toEqual(
      new Set([
        'src/liveview/desk.ts → src/cameras/control.ts (types)',
        'src/liveview/output-desk.ts → src/cameras/outputs.ts (types)',
      ]),
    );
  });

  it.each([
    ['libsql', /^src\/journal\//],
    ['node:child_process', /^src\/video\/transcode\//],
    ['fluent-ffmpeg', /^src\/video\/transcode\//],
    ['node-rtsp-stream/mpeg1muxer.js', /^src\/video\/transcode\//],
    ['onvif', /^src\/cameras\/onvif\//],
    ['ws', /^src\/server\//],
    ['openid-client', /^src\/access\/openid\//],
    ['jose', /^src\/access\/openid\//],
    ['sharp', /^src\/images\/remake\.ts$/],
    ['@hyzyla/pdfium', /^src\/images\/pdf-worker\.ts$/],
    ['@peculiar/x509', /^src\/pki\/signing\.ts$/],
    ['reflect-metadata', /^src\/pki\/signing\.ts$/],
  ])('%s is used in one place', (name, place) => {
    const users = imports.filter((item) => item.to === name).map((item) => item.from);
    expect(users.filter((file) => !place.test(file))).toEqual([]);
  });

  it('of node-rtsp-stream nothing but the muxer is loaded: its server lets anybody in', () => {
    const parts = imports.filter((item) => item.to.startsWith('node-rtsp-stream'));
    expect(new Set(parts.map((item) => item.to))).toEqual(
      new Set(['node-rtsp-stream/mpeg1muxer.js']),
    );
  });

  it('nothing that serves anybody knows the hub: it is handed fragments against a permit', () => {
    const knowing = between.filter(
      (item) => item.from.startsWith('src/server/') && item.to.startsWith('src/video/hub/'),
    );
    expect(knowing.map(show)).toEqual([]);
  });
});

describe('the judge of imports', () => {
  const judge = (from: string, to: string, typeOnly = false) => allowed({ from, to, typeOnly });

  it.each([
    ['src/server/police.ts', 'src/video/hub/hub.ts', false],
    ['src/core/clock.ts', 'src/config/schema.ts', false],
    ['src/liveview/gate.ts', 'src/video/hub/hub.ts', true],
    ['src/client/client.ts', 'src/server/protocol.ts', false],
  ])('refuses %s → %s', (from, to, typeOnly) => {
    expect(judge(from, to, typeOnly)).toBe(false);
  });

  it('allows types where only types are allowed', () => {
    expect(judge('src/client/client.ts', 'src/server/protocol.ts', true)).toBe(true);
  });
});

function allowed(item: Import): boolean {
  const from = folderOf(item.from);
  const to = folderOf(item.to);
  if (from === to) return true;
  const may = IMPORT_TABLE[from] ?? [];
  return may.includes(to) || (item.typeOnly && may.includes(`types:${to}`));
}

function show(item: Import): string {
  return `${item.from} → ${item.to}`;
}

/** `src/video/rtsp/client.ts` → `video/rtsp`; `src/gateway.ts` and `src/gateway/…` → `gateway`. */
function folderOf(file: string): string {
  const parts = file.replace(/\.ts$/, '').split('/').slice(1);
  return parts[0] === 'video' ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

function importsOf(file: string): Import[] {
  const module = parseSync(readFileSync(join(root, file), 'utf8'), {
    syntax: 'typescript',
    target: 'es2022',
  });
  const found: Import[] = [];
  const add = (specifier: string, typeOnly: boolean) => {
    const to = specifier.startsWith('.')
      ? relative(root, join(root, dirname(file), specifier))
      : specifier;
    found.push({ from: file, to, typeOnly });
  };
  visit(module, (node) => {
    const source = node['source'];
    if (node['type'] === 'CallExpression' && typeOf(node['callee']) === 'Import') {
      const [first] = node['arguments'] as { expression: { value?: unknown } }[];
      if (typeof first?.expression.value === 'string') add(first.expression.value, false);
    } else if (isObject(source) && typeof source['value'] === 'string') {
      add(source['value'], isTypeOnly(node));
    }
  });
  return found;
}

function isTypeOnly(node: Record<string, unknown>): boolean {
  if (node['typeOnly'] === true) return true;
  const specifiers = node['specifiers'];
  if (!Array.isArray(specifiers) || specifiers.length === 0) return false;
  return specifiers.every((specifier) => isObject(specifier) && specifier['isTypeOnly'] === true);
}

function typeOf(value: unknown): unknown {
  return isObject(value) ? value['type'] : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function visit(value: unknown, see: (node: Record<string, unknown>) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, see);
  } else if (isObject(value)) {
    see(value);
    for (const item of Object.values(value)) visit(item, see);
  }
}
