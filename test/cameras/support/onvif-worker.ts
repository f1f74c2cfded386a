import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

const SOURCE = fileURLToPath(new URL('../../../src/cameras/onvif/worker.ts', import.meta.url));

export interface WorkerOptions {
  /** The onvif package reads the answers, too, with its quadratic expression. */
  readonly packageReads?: boolean;
}

/** The package as it is, with nothing replaced. */
const PACKAGE_READS: Plugin = {
  name: 'package-reads',
  setup: ({ onLoad }) =>
    onLoad({ filter: /onvif-package\.ts$/ }, ({ path }) => ({
      contents: "import onvif from 'onvif'; export const { Cam } = onvif;",
      resolveDir: dirname(path),
    })),
};

/** The worker as JavaScript, in a temporary folder; remove it with `remove`. */
export async function bundleWorker({
  packageReads = false,
}: WorkerOptions = {}): Promise<{ url: URL; remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'liveview-worker-'));
  const file = join(folder, 'worker.mjs');
  await build({
    entryPoints: [SOURCE],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    plugins: packageReads ? [PACKAGE_READS] : [],
    banner: {
      // the onvif package is CommonJS, and requires Node's own modules
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  return {
    url: pathToFileURL(file),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
