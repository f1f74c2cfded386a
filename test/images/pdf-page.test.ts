import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import { MAX_SIDE_PIXELS } from '../../src/images/bounds.ts';
import { pdfPage } from '../../src/images/pdf-page.ts';
import { type PdfSpec, pdfOf, sheet } from '../support/pdf.ts';
import { colourOf } from '../support/pictures.ts';
import { pdfOptions, pictureMaker } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'liveview-pdf-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const draw = (pdf: Buffer, page?: number) => pdfPage(pdf, page, pdfOptions());
const refused = (spec: PdfSpec | Buffer, page?: number) =>
  expect(draw(Buffer.isBuffer(spec) ? spec : pdfOf(spec), page)).rejects;

describe('a PDF', () => {
  const three = pdfOf({ pages: [sheet(1, 0, 0), sheet(0, 1, 0), sheet(0, 0, 1)] });

  it('becomes a picture of its page', async () => {
    const made = await pictureMaker().make(pdfOf({ pages: [sheet(1, 0, 0)] }));
    expect(made).toMatchObject({ type: 'png', width: MAX_SIDE_PIXELS, height: 2_171 });
    expect(made.source).toMatchObject({ type: 'pdf', page: 1, pages: 1 });
    expect(await colourOf(made.bytes)).toEqual([255, 0, 0]);
  });

  it('becomes a picture of the page that was chosen', async () => {
    const { bytes, source } = await pictureMaker().make(three, 3);
    expect(await colourOf(bytes)).toEqual([0, 0, 255]);
    expect(source).toMatchObject({ page: 3, pages: 3 });
  });

  it('of several pages wants to know which', async () => {
    await refused(three).toMatchObject({
      code: 'choose-page',
      message: expect.stringContaining('3 pages'),
    });
    await refused(three, 4).toMatchObject({
      code: 'no-such-page',
      message: expect.stringContaining('from 1 to 3'),
    });
  });

  it('with scripts and actions becomes the same picture: nothing of them runs, nothing is left', async () => {
    const script = '<< /S /JavaScript /JS (app.alert\\("canary"\\); while\\(true\\);) >>';
    const active = pdfOf({
      pages: [sheet(0, 1, 0)],
      catalogue: `/OpenAction ${script} /AA << /WC ${script} >> /Names << /JavaScript << /Names [(a) ${script}] >> >>`,
    });
    expect(active.includes('canary')).toBe(true);
    const { bytes } = await pictureMaker().make(active);
    expect(bytes.includes('canary')).toBe(false);
    expect(await colourOf(bytes)).toEqual([0, 255, 0]);
  });

  it('that says that its page has no size is drawn on a sheet that has one', async () => {
    const page = { widthPoints: 0, heightPoints: 0, content: '' };
    expect(await draw(pdfOf({ pages: [page] }))).toMatchObject({ height: MAX_SIDE_PIXELS });
  });

  it('of the largest sheet is drawn as large as any other', async () => {
    const huge = {
      widthPoints: 14_400,
      heightPoints: 7_200,
      content: '0 0 1 rg 0 0 14400 7200 re f',
    };
    const { width, height } = await draw(pdfOf({ pages: [huge] }));
    expect([width, height]).toEqual([MAX_SIDE_PIXELS, MAX_SIDE_PIXELS / 2]);
  });
});

describe('is refused, with what to do', () => {
  it('a page larger than any sheet', async () => {
    const page = { widthPoints: 2_000_000, heightPoints: 595, content: '' };
    await refused({ pages: [page] }).toMatchObject({
      code: 'image-too-large',
      message: expect.stringContaining('5080 mm'),
    });
  });

  it('a book', async () => {
    await refused({ pages: Array.from({ length: 101 }, () => sheet(0, 0, 0)) }, 1).toMatchObject({
      code: 'too-many-pages',
      message: expect.stringContaining('101 pages'),
    });
  });

  it('what is locked by a password', async () => {
    const keys = 'a'.repeat(32);
    const trailer = `/Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O (${keys}) /U (${keys}) >> /ID [(1) (1)]`;
    await refused({ pages: [sheet(0, 0, 0)], trailer }).toMatchObject({
      code: 'pdf-password',
      message: expect.stringContaining('without one'),
    });
  });

  it.each([
    ['a head without a body', Buffer.from('%PDF-1.7\n')],
    ['half of one', pdfOf({ pages: [sheet(0, 0, 0)] }).subarray(0, 120)],
    ['noise', Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(5_000, 0xa5)])],
  ])('what is broken: %s', async (_what, bytes) => {
    await refused(bytes).toMatchObject({
      code: expect.stringMatching(/^image-(damaged|too-large)$/),
    });
  });

  it('what unpacks to more than the memory it may have', async () => {
    const content = '0 0 m 800 600 l S\n'.repeat(6_000_000);
    const pdf = pdfOf({ pages: [{ widthPoints: 842, heightPoints: 595, content }] });
    expect(pdf.length).toBeLessThan(1024 * 1024);
    await refused(pdf).toMatchObject({
      code: 'image-too-complex',
      message: expect.stringContaining('export it as PNG'),
    });
  });

  it('what is not drawn in time; the thread is gone then', async () => {
    const file = join(folder, 'endless.mjs');
    writeFileSync(file, 'for (;;);\n');
    const options = pdfOptions({ workerUrl: pathToFileURL(file), deadlineMs: 50 });
    await expect(pdfPage(pdfOf({ pages: [] }), 1, options)).rejects.toMatchObject({
      code: 'image-too-complex',
      message: expect.stringContaining('export it as PNG'),
    });
  });

  it('what makes the thread fail', async () => {
    const file = join(folder, 'failing.mjs');
    writeFileSync(file, 'const all = []; for (;;) all.push(new Array(1e5).fill(all.length));\n');
    const options = pdfOptions({ workerUrl: pathToFileURL(file) });
    await expect(pdfPage(pdfOf({ pages: [] }), 1, options)).rejects.toMatchObject({
      code: 'image-too-complex',
    });
  });
});
