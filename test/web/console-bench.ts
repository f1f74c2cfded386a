import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { Side } from '../../src/access/caller.ts';
import type { WatchedPage } from '../support/browser.ts';
import { launchBrowser, openPage } from '../support/browser.ts';
import { makeClip } from '../support/clip.ts';
import { buildConsoles } from './built-consoles.ts';
import { ScriptedGateway } from './scripted-gateway.ts';

/** What a test of a console has, made anew for each. */
export interface ConsoleBench {
  gateway: ScriptedGateway;
  url: string;
  watched: WatchedPage;
  page: Page;
}

/** A console of this side in a browser, before a gateway that does as it is told; for a whole file. */
export function consoleBench(side: Side, take: (bench: ConsoleBench) => void): void {
  let browser: Browser;
  let consoles: Awaited<ReturnType<typeof buildConsoles>>;
  let clip: Awaited<ReturnType<typeof makeClip>>;
  let gateway: ScriptedGateway;
  let watched: WatchedPage;
  beforeAll(async () => {
    [browser, consoles, clip] = await Promise.all([
      launchBrowser(),
      buildConsoles(),
      makeClip({ size: '640x360' }),
    ]);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await consoles.remove();
  });
  beforeEach(async () => {
    gateway = new ScriptedGateway({ side, webRoot: consoles.webRoot, clips: { dome: clip } });
    const url = await gateway.start();
    watched = await openPage(browser);
    take({ gateway, url, watched, page: watched.page });
  });
  afterEach(async () => {
    await watched.close();
    await gateway.stop();
  });
}
