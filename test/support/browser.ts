import { type Browser, chromium, type Page } from 'playwright-core';
import { until } from './until.ts';

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

/** On a console's own page, as a person would. */
export async function logIn(
  page: Page,
  url: string,
  { username, password }: { username: string; password: string },
): Promise<void> {
  await page.goto(url);
  await page.getByLabel('Gebruikersnaam').fill(username);
  await page.getByLabel('Wachtwoord').fill(password);
  await page.getByTestId('login').click();
  await page.getByTestId('user').waitFor();
}

export const tileOf = (page: Page, camera: string) =>
  page.locator(`[data-testid=tile][data-camera="${camera}"]`);

/** Waits until a tile is live and shows different pictures, none of them black; gives the first. */
export async function seesLivePictures(
  page: Page,
  camera: string,
  timeoutMs = 30_000,
): Promise<number[]> {
  await until(
    `${camera} is live`,
    async () => (await tileOf(page, camera).getAttribute('data-state')) === 'live',
    timeoutMs,
  );
  const first = await pixels(page, camera);
  if (isBlack(first)) throw new Error(`${camera} is live and black`);
  await until(
    'another picture',
    async () => String(await pixels(page, camera)) !== String(first),
    timeoutMs,
  );
  return first;
}
