import { Worker } from 'node:worker_threads';
import type { Clock } from '../core/clock.ts';
import { describe } from '../core/errors.ts';
import { MAX_PAGE_POINTS, MAX_PAGES } from './bounds.ts';
import { ImageError } from './image-error.ts';
import type { PageAnswer, PageRefusal, PageWish } from './pdf-messages.ts';
import type { RawPicture } from './remake.ts';

export interface PdfPage extends RawPicture {
  /** Counts from 1. */
  readonly page: number;
  readonly pages: number;
}

export interface PdfOptions {
  readonly clock: Clock;
  /** The compiled worker; beside this file unless told. */
  readonly workerUrl?: URL;
  /** For one page, the start of the thread included. */
  readonly deadlineMs?: number;
}

const DEADLINE_MS = 20_000;
const MAX_HEAP_MB = 96;

/**
 * Draws a page in a thread of its own, which is ended when it is done, when its time is over, or when
 * it needs too much.
 *
 * @param page counts from 1; may be left out where there is one.
 * @throws ImageError
 */
export async function pdfPage(
  pdf: Buffer,
  page: number | undefined,
  options: PdfOptions,
): Promise<PdfPage> {
  const { clock, deadlineMs = DEADLINE_MS } = options;
  const own = Uint8Array.from(pdf);
  const worker = new Worker(options.workerUrl ?? new URL('./pdf-worker.js', import.meta.url), {
    workerData: { pdf: own, page } satisfies PageWish,
    transferList: [own.buffer],
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    ...{ execArgv: [], env: {}, stdout: true, stderr: true },
  });
  // What the library prints is of no use to anybody, and must not wait in a pipe.
  worker.stdout.resume();
  worker.stderr.resume();
  try {
    const answer = await firstAnswer(worker, clock, deadlineMs);
    if (answer.kind === 'page') return answer;
    throw refusal(answer.code, answer.pages, page);
  } finally {
    await worker.terminate();
  }
}

function firstAnswer(worker: Worker, clock: Clock, deadlineMs: number): Promise<PageAnswer> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimer(deadlineMs, () =>
      reject(tooComplex(`not drawn within ${deadlineMs} ms`)),
    );
    worker.once('message', resolve);
    worker.once('error', (error) => reject(tooComplex(describe(error))));
    worker.once('exit', (code) => reject(tooComplex(`the thread ended (${code})`)));
    worker.once('exit', () => timer.cancel());
  });
}

function tooComplex(reason: string): ImageError {
  return new ImageError('image-too-complex', WORDS['image-too-complex'], new Error(reason));
}

const WORDS = {
  'image-damaged':
    'the PDF cannot be read; open it, save or print it anew as PDF, or export the page as PNG',
  'pdf-password': 'the PDF is protected by a password; save a copy without one',
  'too-many-pages': `a PDF has at most ${MAX_PAGES} pages; save the pages that are needed apart`,
  'image-too-large': `a page has a size, of at most ${Math.round((MAX_PAGE_POINTS / 72) * 25.4)} mm; export it at the size of a sheet of paper`,
  'image-too-complex': 'the page takes too much to draw; export it as PNG at 150 dots an inch',
} as const;

function refusal(
  code: PageRefusal,
  pages: number | undefined,
  asked: number | undefined,
): ImageError {
  switch (code) {
    case 'choose-page':
      return new ImageError(
        code,
        `the PDF has ${pages} pages; say which: page, from 1 to ${pages}`,
      );
    case 'no-such-page':
      return new ImageError(code, `the PDF has no page ${asked}; choose one from 1 to ${pages}`);
    case 'too-many-pages':
      return new ImageError(code, `the PDF has ${pages} pages; ${WORDS[code]}`);
    default:
      return new ImageError(code, WORDS[code]);
  }
}
