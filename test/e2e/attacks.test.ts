/**
 * What strangers, control rooms, pages elsewhere and devices try on a gateway at work: docs/design/attacks.md.
 * Each attack says what was lost by it; nothing is to be.
 */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser } from 'playwright-core';
import type { Side } from '../../src/access/caller.ts';
import { launchBrowser, logIn, openPage, type WatchedPage } from '../support/browser.ts';
import { until } from '../support/until.ts';
import { BODIES_A_ROUTE, bodiesOf, bodiesOfOthers } from './attacks/bodies.ts';
import { attempt, DOORS, FILES_OUTSIDE } from './attacks/doors.ts';
import { GUESSES } from './attacks/guesses.ts';
import { namesOf, TOLD_AGAIN } from './attacks/names.ts';
import { cookiesOf, PAGES_A_ROUTE, pagesOf, readsOf, visitNeighbour } from './attacks/pages.ts';
import { FRAMED, IDS, SAID, SAID_BY_NOBODY } from './attacks/sockets.ts';
import { type Attack, lostIn, Target, USER_PASSWORD } from './attacks/target.ts';
import { WIRE } from './attacks/wire.ts';

// Two consoles with moving pictures follow each name: on a busy machine that takes minutes.
jest.setTimeout(900_000);

interface Entry {
  readonly seq: number;
  readonly kind: string;
  readonly actor?: { readonly user: string };
}

let target: Target;
let browser: Browser;

beforeAll(async () => {
  target = await Target.start();
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await target?.stop();
});

/** All of them, one after the other; then all is well for those who are in the right. */
async function tryAll(attacks: readonly Attack[]): Promise<string[]> {
  const lost: string[] = [];
  for (const attack of attacks) {
    for (const what of await attack.run(target)) lost.push(`${attack.name}: ${what}`);
  }
  return [...lost, ...(await target.isWell())];
}

/** That have begun, by the journal. */
async function viewingsOf(user: string): Promise<unknown[]> {
  const auditor = await target.run.auditor();
  const found = [];
  for (let after = 0; ; ) {
    const entries = await auditor.call<Entry[]>('GET', `/v1/journal?after=${after}&limit=1000`);
    const last = entries.at(-1);
    if (!last) return found;
    found.push(
      ...entries.filter(({ kind, actor }) => kind === 'viewing.started' && actor?.user === user),
    );
    after = last.seq;
  }
}

/** A console, after the login. */
async function consoleOf(side: Side): Promise<WatchedPage> {
  const username = side === 'centre' ? 'olivia' : 'robin';
  await target.browserOf(side, username, 'rotterdam');
  const watched = await openPage(browser);
  await logIn(watched.page, target.urls[side], { username, password: USER_PASSWORD });
  // Who nobody is, the page has asked before.
  watched.complaints.length = 0;
  return watched;
}

describe('the judge of attacks', () => {
  const header = (path: string, host: string) =>
    `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;

  it.each([
    ['live.mp4', 'a start of MP4'],
    ['snapshot.jpg', 'a JPEG'],
  ])('sees what is lost when %s is given', async (file, what) => {
    const way = `/v1/incidents/INC/cameras/shop-1/${file}`;
    const bytes = attempt(target, 'police', way, header, `Bearer ${target.rotterdam.token}`);
    // A busy machine may make no JPEG in its time.
    await until(what, async () => lostIn(await target.exchange('police', bytes)).includes(what));
  });

  it('sees what is lost when an incident is told of', async () => {
    const bytes = attempt(
      target,
      'police',
      '/v1/incidents/INC',
      header,
      `Bearer ${target.rotterdam.token}`,
    );
    expect(lostIn(await target.exchange('police', bytes))).toEqual(['what is kept']);
  });
});

describe('nothing is lost', () => {
  it(`by ${DOORS.length} ways to a picture in disguise`, async () => {
    expect(DOORS.length).toBeGreaterThan(600);
    expect(await tryAll(DOORS)).toEqual([]);
  });

  it(`by ${FILES_OUTSIDE.length} ways to files that are none of the consoles’`, async () => {
    expect(FILES_OUTSIDE.length).toBeGreaterThanOrEqual(100);
    expect(await tryAll(FILES_OUTSIDE)).toEqual([]);
  });

  it(`by ${WIRE.length} requests that can be read in two ways or split`, async () => {
    expect(WIRE.length).toBeGreaterThan(90);
    expect(await tryAll(WIRE)).toEqual([]);
  });

  it('by bodies that are none, on every route that takes one', async () => {
    const attacks = await bodiesOf(target);
    expect(attacks.length * BODIES_A_ROUTE).toBeGreaterThan(300);
    expect(await tryAll(attacks)).toEqual([]);
  });

  it('by bodies that are none, of nobody and of a control room', async () => {
    const attacks = await bodiesOfOthers(target);
    expect(attacks.length).toBeGreaterThanOrEqual(8);
    expect(await tryAll(attacks)).toEqual([]);
  });

  it('by pages elsewhere, on every route that changes something', async () => {
    const attacks = await pagesOf(target);
    expect(attacks.length * PAGES_A_ROUTE).toBeGreaterThan(200);
    expect(await tryAll(attacks)).toEqual([]);
  });

  it('by pictures in pages elsewhere, of everything that is read', async () => {
    const attacks = await readsOf(target);
    expect(attacks.length).toBeGreaterThanOrEqual(20);
    expect(await tryAll(attacks)).toEqual([]);
  });

  it('by a page of a neighbour that has a picture of a camera in it, in the browser of an operator', async () => {
    await target.browserOf('centre', 'omar');
    const { page, close } = await openPage(browser);
    await logIn(page, target.urls.centre, { username: 'omar', password: USER_PASSWORD });
    await page.getByTestId('alarm-list').waitFor();
    const picture = `${target.urls.centre}/v1/cameras/shop-1/snapshot.jpg`;
    // The browser sends the cookie: it knows no ports.
    await visitNeighbour(page, picture);
    expect(await viewingsOf('omar')).toEqual([]);
    await page.goto(target.urls.centre);
    const own = await page.evaluate((url) => fetch(url).then(({ status }) => status), picture);
    expect(own).toBe(200);
    expect(await viewingsOf('omar')).toHaveLength(1);
    await close();
  });

  it('by cookies of others', async () => {
    expect(await tryAll(await cookiesOf(target))).toEqual([]);
  });

  it(`by ${SAID.length + SAID_BY_NOBODY.length} messages and ${FRAMED.length} frames on the live socket, and by guessing`, async () => {
    expect(SAID.length).toBeGreaterThan(40);
    expect(await tryAll([...SAID, ...SAID_BY_NOBODY, ...FRAMED, IDS])).toEqual([]);
  });

  it('by guessing passwords, many at once', async () => {
    expect(await tryAll([GUESSES])).toEqual([]);
  });

  it('by what things are called, in the console, the log, the report and a terminal', async () => {
    const operators = await consoleOf('centre');
    await operators.page.getByTestId('alarm-list').waitFor();
    const dispatchers = await consoleOf('police');
    await dispatchers.page.getByTestId(`incident-${target.incident}`).click();
    const attacks = namesOf({ operator: operators.page, dispatcher: dispatchers.page });
    expect(attacks.length).toBeGreaterThanOrEqual(20);
    expect(await tryAll([...attacks, ...TOLD_AGAIN])).toEqual([]);
    expect([...operators.complaints, ...dispatchers.complaints]).toEqual([]);
  });
});
