import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { EXIT } from '../src/cli/exit-codes.ts';
import * as client from '../src/client/index.ts';
import { configJsonSchema } from '../src/config/documents.ts';
import { parseConfig } from '../src/config/load.ts';
import { commandsIn, objectionTo, specOf } from './support/documented-commands.ts';
import {
  allPages,
  anchorsOf,
  codeBlocks,
  codeRows,
  linksOf,
  type Page,
  ROOT,
  readPage,
  sectionOf,
} from './support/documents.ts';
import { IMPORT_TABLE } from './support/import-table.ts';

const pages = allPages();
const blocks = (language: string) =>
  pages.flatMap((page) =>
    codeBlocks(page)
      .filter((block) => block.language === language)
      .map(({ code }) => ({ file: page.file, code })),
  );

describe('links of README and docs', () => {
  it.each(pages.map((page) => [page.file, page] as const))('of %s lead somewhere', (_, page) => {
    const dead = linksOf(page).filter((target) => !leadsSomewhere(page, target));
    expect(dead).toEqual([]);
  });

  function leadsSomewhere({ file }: Page, target: string): boolean {
    if (/^[a-z]+:/.test(target)) return true;
    const [path = '', anchor] = target.split('#');
    const goal = path === '' ? file : relative(ROOT, join(ROOT, dirname(file), path));
    if (!existsSync(join(ROOT, goal))) return false;
    return anchor === undefined || anchorsOf(readPage(goal)).includes(anchor);
  }
});

describe('the threat model', () => {
  it('names tests that there are', () => {
    const { text } = readPage('docs/design/threat-model.md');
    const tests = [...text.matchAll(/`(test\/[\w./-]+)`/g)].map(([, path = '']) => path);
    expect(tests.length).toBeGreaterThan(30);
    expect(tests.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

describe('commands in README and docs', () => {
  const commands = pages.flatMap((page) =>
    commandsIn(page).map((words) => [`liveview ${words.join(' ')}`, words] as const),
  );
  const distinct = [...new Map(commands)];

  it('are found', () => {
    expect(distinct.length).toBeGreaterThan(20);
  });

  it.each(distinct)('%s', async (_, words) => {
    expect(await objectionTo(words)).toBeUndefined();
  });

  it.each([
    ['there is no such command', ['dance']],
    ['there is no such command', ['user', 'dance']],
    ['there is no option --loud', ['serve', '--loud']],
    ['--config needs a value', ['serve', '--config']],
    ['0 arguments are not what it takes', ['probe', '--json']],
    ['2 arguments are not what it takes', ['journal', 'verify', 'a', 'b']],
  ])('would be refused: %s', async (objection, words) => {
    expect(await objectionTo(words)).toBe(objection);
  });
});

describe('the reference of the command line', () => {
  const page = readPage('docs/reference/cli.md');

  it('has every command, subcommand and option, and no other option', async () => {
    for (const command of (await specOf([]))?.subcommands ?? []) {
      const section = sectionOf(page, command);
      const subcommands = (await specOf([command]))?.subcommands ?? [];
      const paths =
        subcommands.length > 0 ? subcommands.map((word) => [command, word]) : [[command]];
      const options = new Set<string>();
      for (const path of paths) {
        expect(section).toContain(`liveview ${path.join(' ')}`);
        for (const option of (await specOf(path))?.options.keys() ?? []) options.add(option);
      }
      const documented = [...section.matchAll(/(?<=^\| .*)`(--?[\w-]+)(?: <[\w.]+>)?`(?=.* \|)/gm)];
      const names = new Set(documented.map(([, name = '']) => name));
      for (const help of ['-h', '--help']) options.delete(help);
      expect([command, [...names].sort()]).toEqual([command, [...options].sort()]);
    }
  });

  it('has every exit code', () => {
    const rows = [...sectionOf(page, 'Exit codes').matchAll(/^\| (\d+) \|/gm)];
    const codes = rows.map(([, code]) => Number(code));
    expect(codes).toEqual(expect.arrayContaining(Object.values(EXIT)));
  });
});

describe('the reference of the configuration', () => {
  const rows = codeRows(readPage('docs/reference/configuration.md').text);

  it('has every setting and no other, with its default', () => {
    const settings = new Map(leavesOf(configJsonSchema() as Node, ''));
    expect(rows.map(([name]) => name).sort()).toEqual([...settings.keys()].sort());
    for (const [name = '', byDefault] of rows) {
      const value = settings.get(name);
      const written = typeof value === 'object' ? JSON.stringify(value) : value;
      if (value !== undefined) expect([name, byDefault]).toEqual([name, `\`${written}\``]);
    }
  });

  interface Node {
    properties?: Record<string, Node>;
    items?: Node;
    default?: unknown;
  }

  function leavesOf(
    { properties, items, default: value }: Node,
    path: string,
  ): [string, unknown][] {
    if (items) return leavesOf(items, `${path}[]`);
    if (!properties) return [[path, value]];
    return Object.entries(properties).flatMap(([key, node]) =>
      leavesOf(node, path === '' ? key : `${path}.${key}`),
    );
  }
});

describe('examples', () => {
  it.each(blocks('yaml').map(({ file, code }) => [file, code] as const))(
    'the configuration in %s is accepted',
    (file, code) => {
      expect(() => parseConfig(code, file)).not.toThrow();
    },
  );

  it('import what the consumer library exports', () => {
    const imports = blocks('js').flatMap(({ code }) => [
      ...code.matchAll(/import \{([^}]+)\} from 'liveview-gateway\/client'/g),
    ]);
    const names = imports.flatMap(([, list = '']) => list.split(',').map((name) => name.trim()));
    expect(names).toContain('LiveViewClient');
    expect(names.filter((name) => !(name in client))).toEqual([]);
  });
});

it('the import table of the architecture page is the one that is tested', () => {
  const section = sectionOf(readPage('docs/design/architecture.md'), 'Who may import whom');
  const documented = codeRows(section).map(([folder = '', cell = '']) => {
    const items = [...cell.matchAll(/`([^`]+)`( \(types\))?/g)];
    return [folder, items.map(([, name = '', types]) => (types ? `types:${name}` : name))];
  });
  expect(Object.fromEntries(documented)).toEqual(IMPORT_TABLE);
});
