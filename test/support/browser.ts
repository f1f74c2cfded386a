import { type Browser, chromium, type Page } from 'playwright-core';

const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The Chromium of the system; the caller closes it. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGUMENTS });
}

/** A page of its own browser context, and everything that it complained about. */
export interface WatchedPage {
  readonly page: Page;
  /** Errors of the console, uncaught exceptions, and breaches of the content security policy. */
  readonly complaints: string[];
  close(): Promise<void>;
}

export async function openPage(
  browser: Browser,
  options: { ignoreHTTPSErrors?: boolean } = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: 'nl-NL',
    ...options,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { page, complaints, close: () => context.close() };
}

/** In the page: a small copy of what the tile of a camera shows, without its alpha. */
const READ_PIXELS = `(camera) => {
  const shown = document.querySelector('[data-camera="' + camera + '"] :is(canvas, video)');
  const context = new OffscreenCanvas(16, 9).getContext('2d');
  if (shown) context.drawImage(shown, 0, 0, 16, 9);
  return [...context.getImageData(0, 0, 16, 9).data].filter((_value, index) => index % 4 !== 3);
}`;

/** A few numbers that differ when the picture differs, read from what a tile shows now. */
export async function pixels(page: Page, camera: string): Promise<number[]> {
  return page.evaluate(`(${READ_PIXELS})(${JSON.stringify(camera)})`);
}

export function isBlack(values: readonly number[]): boolean {
  return values.every((value) => value === 0);
}
