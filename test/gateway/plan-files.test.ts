import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Config, configSchema } from '../../src/config/schema.ts';
import { silentLogger } from '../../src/core/log.ts';
import { PlanFiles } from '../../src/gateway/plan-files.ts';
import { ImageStore } from '../../src/images/image-store.ts';
import { openJournal } from '../../src/journal/sqlite-journal.ts';
import { LiveView } from '../../src/liveview/liveview.ts';
import { pictureMaker } from '../images/support.ts';
import { directory } from '../liveview/harness.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { pdfOf, sheet } from '../support/pdf.ts';
import { plain } from '../support/pictures.ts';

let folder: string;
let clock: ManualClock;
let live: LiveView;
let close: () => void;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'liveview-plan-files-'));
  clock = new ManualClock();
  start();
});
afterEach(() => {
  close();
  rmSync(folder, { recursive: true, force: true });
});

function start(): void {
  const journal = openJournal(join(folder, 'journal.db'), { clock });
  close = () => journal.close();
  live = new LiveView({
    ...{ clock, journal, log: silentLogger, directory: directory(), controls: () => undefined },
    pictures: new ImageStore(join(folder, 'images'), silentLogger),
  });
  live.start();
}

function config(plans: { file: string; name: string; page?: number }[]): Config {
  const files = plans.map((plan) => ({ ...plan, file: join(folder, plan.file) }));
  return configSchema.parse({
    sites: [{ id: 'jeweller', name: 'Juwelier', plans: files }],
    cameras: [{ id: 'shop-1', rtsp: { main: 'rtsp://127.0.0.1/1' } }],
  });
}

async function apply(plans: Parameters<typeof config>[0]): Promise<PlanFiles> {
  const files = new PlanFiles({
    ...{ pictures: live.pictures, maker: pictureMaker(), log: silentLogger },
  });
  files.apply(config(plans));
  await files.done();
  return files;
}

const write = (name: string, bytes: Buffer | string) => writeFileSync(join(folder, name), bytes);
const plans = () => live.pictures.plans.list();
const kept = () => readdirSync(join(folder, 'images'));

describe('a plan that the configuration names', () => {
  beforeEach(async () => write('a.png', await plain('png')([1, 2, 3])));

  it('is there, made anew, and once, however often it is read', async () => {
    await apply([{ file: 'a.png', name: 'Begane grond' }]);
    const [plan] = plans();
    expect(plan).toMatchObject({ site: 'jeweller', origin: 'configured', addedBy: 'gateway' });
    expect(kept()).toEqual([plan?.picture.sha256]);
    close();
    start();
    await apply([{ file: 'a.png', name: 'Begane grond' }]);
    expect(plans()).toEqual([plan]);
  });

  it('has another picture when its file has, and is gone when it is not named any more', async () => {
    await apply([{ file: 'a.png', name: 'Begane grond' }]);
    const before = plans()[0];
    write('a.png', await plain('webp')([200, 2, 3]));
    await apply([{ file: 'a.png', name: 'Begane grond' }]);
    expect(plans()).toMatchObject([{ id: before?.id, source: { type: 'webp' } }]);
    expect(kept()).toEqual([plans()[0]?.picture.sha256]);
    await apply([]);
    expect([plans(), kept()]).toEqual([[], []]);
  });

  it('is a page of a PDF, and another when another is chosen', async () => {
    write('a.pdf', pdfOf({ pages: [sheet(1, 0, 0), sheet(0, 1, 0)] }));
    await apply([{ file: 'a.pdf', name: 'Kelder', page: 1 }]);
    expect(plans()[0]?.source).toMatchObject({ type: 'pdf', page: 1, pages: 2 });
    await apply([{ file: 'a.pdf', name: 'Kelder', page: 2 }]);
    expect(plans()[0]?.source).toMatchObject({ page: 2 });
  });

  it('is made again when what was kept of it is gone', async () => {
    await apply([{ file: 'a.png', name: 'Begane grond' }]);
    const { id = '' } = plans()[0] ?? {};
    rmSync(join(folder, 'images'), { recursive: true });
    await apply([{ file: 'a.png', name: 'Begane grond' }]);
    expect((await live.pictures.plans.read(id)).bytes.length).toBeGreaterThan(0);
  });

  it.each([
    ['is not there', 'nothing.png', undefined, 'cannot be read (ENOENT)'],
    ['is no picture', 'a.svg', '<svg/>', 'PNG, JPEG, WebP or PDF'],
    ['has several pages and says not which', 'b.pdf', 'pdf', 'say which'],
  ])(
    'of a file that %s is said, and keeps nothing else from being taken up',
    async (_what, file, bytes, words) => {
      const pages = [sheet(1, 0, 0), sheet(0, 1, 0)];
      if (bytes !== undefined) write(file, bytes === 'pdf' ? pdfOf({ pages }) : bytes);
      const files = await apply([
        { file, name: 'Wrong' },
        { file: 'a.png', name: 'Right' },
      ]);
      expect(plans().map(({ name }) => name)).toEqual(['Right']);
      expect(files.problems).toEqual([expect.stringContaining(words)]);
      expect(files.problems[0]).toContain('plan Wrong of site jeweller');
    },
  );

  it('stays as it was when its file cannot be used any more', async () => {
    await apply([{ file: 'a.png', name: 'Begane grond' }]);
    const before = plans();
    write('a.png', 'no picture');
    const files = await apply([{ file: 'a.png', name: 'Begane grond' }]);
    expect(plans()).toEqual(before);
    expect(files.problems).toHaveLength(1);
  });

  it('leaves those that were uploaded alone', async () => {
    const picture = await pictureMaker().make(await plain('png')([9, 9, 9]));
    const actor = { user: 'olga', role: 'operator' } as const;
    await live.pictures.plans.add(actor, { site: 'jeweller', name: 'Uploaded', picture });
    await apply([]);
    expect(plans().map(({ name }) => name)).toEqual(['Uploaded']);
  });
});
