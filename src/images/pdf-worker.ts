/**
 * The worker thread in which PDFium, as WebAssembly, draws one page of one PDF, and which ends with it.
 * It has no scripts, no forms, no files and no network; its memory is bounded here, its time by whoever
 * started it.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { PDFiumLibrary } from '@hyzyla/pdfium';
import { MAX_PAGE_POINTS, MAX_PAGES, MAX_SIDE_PIXELS } from './bounds.ts';
import type { PageAnswer, PageWish } from './pdf-messages.ts';

interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** Which the types of Node leave out. */
const { Memory, RuntimeError } = (
  globalThis as unknown as {
    WebAssembly: { Memory: { prototype: WasmMemory }; RuntimeError: new () => Error };
  }
).WebAssembly;

const MAX_MEMORY_BYTES = 384 * 1024 * 1024;

boundMemory();
const answer = await draw(workerData);
parentPort?.postMessage(answer, answer.kind === 'page' ? [answer.data.buffer as ArrayBuffer] : []);

async function draw({ pdf, page }: PageWish): Promise<PageAnswer> {
  const library = await PDFiumLibrary.init();
  try {
    const document = await library.loadDocument(pdf);
    const pages = document.getPageCount();
    if (pages > MAX_PAGES) return { kind: 'refused', code: 'too-many-pages', pages };
    if (page === undefined && pages > 1) return { kind: 'refused', code: 'choose-page', pages };
    const chosen = page ?? 1;
    if (chosen > pages) return { kind: 'refused', code: 'no-such-page', pages };
    const sheet = document.getPage(chosen - 1);
    const size = sheet.getOriginalSize();
    const scale = scaleOf(size.originalWidth, size.originalHeight);
    if (scale === undefined) return { kind: 'refused', code: 'image-too-large', pages };
    const { width, height, data } = await sheet.render({
      width: Math.max(1, Math.round(size.originalWidth * scale)),
      height: Math.max(1, Math.round(size.originalHeight * scale)),
      render: async (bitmap) => bitmap.data,
    });
    return { kind: 'page', page: chosen, pages, width, height, data };
  } catch (error) {
    return { kind: 'refused', code: codeFor(error) };
  }
}

/** Undefined for a page without a size, or one that no paper has. */
function scaleOf(widthPoints: number, heightPoints: number): number | undefined {
  const [short, long] = [Math.min(widthPoints, heightPoints), Math.max(widthPoints, heightPoints)];
  if (!(short > 0 && long <= MAX_PAGE_POINTS)) return undefined;
  return MAX_SIDE_PIXELS / long;
}

/** What the library says is for people; what it cannot bear ends in a trap of WebAssembly. */
function codeFor(error: unknown): 'pdf-password' | 'image-too-complex' | 'image-damaged' {
  const words = String(error);
  if (/password|security/i.test(words)) return 'pdf-password';
  return error instanceof RuntimeError || /memory|abort/i.test(words)
    ? 'image-too-complex'
    : 'image-damaged';
}

/** Limits of a worker thread do not hold for the memory of WebAssembly. */
function boundMemory(): void {
  const { prototype } = Memory;
  const { grow } = prototype;
  prototype.grow = function bounded(this: WasmMemory, delta: number): number {
    const bytes = this.buffer.byteLength + delta * 65_536;
    if (bytes > MAX_MEMORY_BYTES) throw new RangeError('no more memory for this document');
    return grow.call(this, delta);
  };
}
