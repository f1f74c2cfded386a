/**
 * Takes the picture of README: both consoles during an incident of the demonstration. Run it after a
 * change of the consoles: `node scripts/setup.js --test && node scripts/picture.js`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../', import.meta.url));
const picture = fileURLToPath(new URL('../docs/images/consoles.png', import.meta.url));
const VIEWPORT = { width: 1280, height: 800 };

const demo = spawn(
  process.execPath,
  ['bin/liveview.js', 'demo', '--json', '--centre-port', '0', '--police-port', '0'],
  { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
);
const [line] = await once(createInterface({ input: demo.stdout }), 'line');
const { centre, police, users } = JSON.parse(line);
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});

const operator = await logIn(centre, 'operator');
const dispatcher = await logIn(police, 'dispatcher');
await operator.getByTestId('site-jeweller').click();
await operator.getByTestId('open-incident').click();
await operator.getByTestId('open-incident-dialog').getByLabel('Robbery').check();
await operator.getByTestId('open-incident-dialog-confirm').click();
await operator.getByTestId('share-rotterdam').click();
await operator.getByTestId('share-dialog-confirm').click();
await dispatcher.getByTestId('view-notice').click();
await dispatcher.locator('[data-testid=tile][data-camera=shop-1][data-state=live]').waitFor();
await dispatcher.locator('[data-camera=shop-1] [data-testid=tile-select]').click();
await dispatcher.getByTestId('joystick').focus();
await dispatcher.keyboard.down('ArrowRight');
await operator.getByTestId('pending').waitFor();
await new Promise((resolve) => setTimeout(resolve, 1500));
await pair(await operator.screenshot(), await dispatcher.screenshot());
await dispatcher.keyboard.up('ArrowRight');
await browser.close();
demo.kill('SIGTERM');

async function logIn(url, role) {
  const { username, password } = users.find((user) => user.role === role);
  const page = await (await browser.newContext({ viewport: VIEWPORT })).newPage();
  await page.goto(url);
  await page.getByTestId('language-en').click();
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByTestId('login').click();
  await page.getByTestId('user').waitFor();
  return page;
}

/** One picture of two, side by side. */
async function pair(...shots) {
  mkdirSync(fileURLToPath(new URL('../docs/images/', import.meta.url)), { recursive: true });
  const page = await browser.newPage({ viewport: { width: 1640, height: 520 } });
  const images = shots.map(
    (shot) => `<img src="data:image/png;base64,${shot.toString('base64')}">`,
  );
  await page.setContent(
    `<style>body{margin:0;display:flex;gap:16px;padding:8px;background:#fff}img{width:804px}</style>${images.join('')}`,
  );
  await page.screenshot({ path: picture });
}
