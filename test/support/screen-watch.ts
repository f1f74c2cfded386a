import type { Page } from 'playwright-core';

/** What was on the wall in one repaint. */
export interface Glance {
  /** The kind of wall, and the tiles in their order, each with what is on it. */
  readonly composition: string;
  /** The mean colour in the middle of the first tile; null where no picture is. */
  readonly colour: readonly [red: number, green: number, blue: number] | null;
}

/**
 * In the page: looks at the wall twice a repaint, as it begins and when it has been painted, so that a state
 * that was painted is seen. Looks only where a person could: at what is in front.
 */
const WATCH = `() => {
  const glances = [];
  const context = new OffscreenCanvas(4, 4).getContext('2d', { willReadFrequently: true });
  const name = (tile) => tile.dataset.camera ?? tile.dataset.id ?? 'empty';
  const look = () => {
    const wall = document.querySelector('[data-testid=wall]');
    if (!wall) return;
    const tiles = [...wall.querySelectorAll('.tile:not(.preparing)')];
    const composition = [wall.className, wall.dataset.count, ...tiles.map((tile) =>
      name(tile) + (tile.classList.contains('large') ? '*' : ''))].join(' ');
    const box = tiles[0]?.getBoundingClientRect();
    const front = box && document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    const shown = front?.closest('.tile')?.querySelector('canvas, video, img');
    let colour = null;
    if (shown) {
      context.clearRect(0, 0, 4, 4);
      context.drawImage(shown, 0, 0, 4, 4);
      const data = context.getImageData(0, 0, 4, 4).data;
      colour = [0, 1, 2].map((part) => {
        let sum = 0;
        for (let at = part; at < data.length; at += 4) sum += data[at];
        return Math.round(sum / 16);
      });
    }
    glances.push({ composition, colour });
  };
  const painted = new MessageChannel();
  painted.port1.onmessage = look;
  const repaint = () => {
    look();
    painted.port2.postMessage(null);
    requestAnimationFrame(repaint);
  };
  look();
  requestAnimationFrame(repaint);
  window.glances = glances;
}`;

/**
 * From the next page on, what is waited for so long is waited for without end: a busy machine shows what a
 * fast one does.
 */
export async function waitWithoutEnd(page: Page, waitMs: number): Promise<void> {
  await page.addInitScript(`{
    const later = window.setTimeout;
    window.setTimeout = (work, ms, ...more) => (ms === ${waitMs} ? 0 : later(work, ms, ...more));
  }`);
}

/** Begins to look at the wall at every repaint. */
export async function watchScreen(page: Page): Promise<void> {
  await page.evaluate(`(${WATCH})()`);
}

/** Everything that was seen since the beginning. */
export function glances(page: Page): Promise<Glance[]> {
  return page.evaluate('window.glances');
}

/** What follows each other, each once. */
export function inTurn(values: readonly string[]): string[] {
  return values.filter((value, index) => value !== values[index - 1]);
}
