import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/core/clock.ts';
import type { PdfOptions } from '../../src/images/pdf-page.ts';
import { PictureMaker } from '../../src/images/picture-maker.ts';

/** Threads want JavaScript: the built worker. */
const workerUrl = new URL('../../dist/images/pdf-worker.js', import.meta.url);

export function pdfOptions(options: Partial<PdfOptions> = {}): PdfOptions {
  if (!existsSync(fileURLToPath(workerUrl))) throw new Error('run scripts/build.js first');
  return { clock: systemClock, workerUrl, ...options };
}

export function pictureMaker(options: Partial<PdfOptions> = {}): PictureMaker {
  return new PictureMaker(pdfOptions(options));
}
