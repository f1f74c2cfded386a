/**
 * Bundles the consoles into web/dist, as the listeners serve them:
 *
 *   operator/index.html  meldkamer/index.html  assets/{operator,meldkamer}.{js,css}  assets/icon.svg
 *
 * and in assets/ what they share and what only some browsers need, each in a file of its own.
 */
import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const CONSOLES = ['operator', 'meldkamer'];

/** The content security policy allows no inline styles; JSMpeg's are for parts that are not used. */
const withoutInlineStyles = {
  name: 'without inline styles',
  setup({ onLoad }) {
    onLoad({ filter: /jsmpeg-player\.esm\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const call = 'styleInject(css_248z);';
      if (!text.includes(call)) throw new Error(`${path} puts its styles in by other means now`);
      return { contents: text.replace(call, ''), loader: 'js' };
    });
  },
};

await buildWeb(process.argv[2] ?? join(root, 'web', 'dist'));

async function buildWeb(folder) {
  rmSync(folder, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: CONSOLES.flatMap((name) => [
      { in: `web/${name}/main.tsx`, out: name },
      { in: `web/${name}/${name}.css`, out: name },
    ]),
    outdir: join(folder, 'assets'),
    bundle: true,
    splitting: true,
    plugins: [withoutInlineStyles],
    external: ['/assets/*'],
    format: 'esm',
    target: ['chrome109', 'firefox115', 'safari16.4'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  for (const name of CONSOLES) {
    mkdirSync(join(folder, name), { recursive: true });
    copyFileSync(join(root, 'web', name, 'index.html'), join(folder, name, 'index.html'));
  }
  copyFileSync(join(root, 'web', 'shared', 'icon.svg'), join(folder, 'assets', 'icon.svg'));
}
