/** A trial with TLS: what `liveview cert` makes, in a running gateway, up to the revocation of a control room. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { parse } from 'yaml';
import { launchBrowser } from '../support/browser.ts';
import { LivePeer } from '../support/live-peer.ts';
import { LiveviewProcess } from '../support/liveview-process.ts';
import { ServeRun } from '../support/serve.ts';
import {
  askOver,
  type Identity,
  identityOf,
  makeTrialAuthority,
  openssl,
  type TrialAuthority,
} from '../support/trial-authority.ts';
import { until } from '../support/until.ts';

jest.setTimeout(180_000);
/** Chromium without a graphics card on a busy machine. */
const PATIENCE_MS = 90_000;
const ROTTERDAM = 'client-meldkamer-rotterdam';
const DEN_HAAG = 'client-meldkamer-den-haag.crt';

let trial: TrialAuthority;
let run: ServeRun;
let browser: Browser;
let police: string;

beforeAll(async () => {
  browser = await launchBrowser();
  trial = await makeTrialAuthority();
  const { stdout } = await trial.cert('server', '--host', '127.0.0.1', '--host', 'localhost');
  const rotterdam = await trial.cert('client', '--name', 'Meldkamer Rotterdam');
  const host = 'desk.den-haag.example';
  const denHaag = await trial.cert('client', '--name', 'Meldkamer Den Haag', '--host', host);
  const settingOf = (text: string, name: string) => parse(text.slice(text.indexOf(`${name}: `)));
  run = await ServeRun.start({
    config: {
      police: { listen: '127.0.0.1:0', ...settingOf(stdout, 'tls') },
      controlRooms: [
        { id: 'rotterdam', name: 'R', ...settingOf(rotterdam.stdout, 'certificates') },
        { id: 'den-haag', name: 'H', ...settingOf(denHaag.stdout, 'certificates') },
      ],
      cameras: [{ id: 'shop-1', name: 'Winkel', rtsp: { main: 'rtsp://127.0.0.1:9/1' } }],
    },
  });
  ({ police } = await run.ready());
});

afterAll(async () => {
  await browser?.close();
  await run?.stop('SIGKILL');
  await trial?.[Symbol.asyncDispose]();
});

const ask = (identity: Identity) =>
  askOver(`${police}/v1/session`, identity, readFileSync(trial.file('ca.crt')));

it('lets in whoever has a certificate, as far as the login', async () => {
  expect(await ask(identityOf(trial, `${ROTTERDAM}.crt`))).toMatchObject({ status: 401 });
  await expect(ask({})).rejects.toThrow();
});

it('shows the console to a browser that was given the file for browsers', async () => {
  const [cert, key, bundle] = ['crt', 'key', 'p12'].map((end) => trial.file(`${ROTTERDAM}.${end}`));
  const made = await openssl(
    ...['pkcs12', '-export', '-in', cert ?? '', '-inkey', key ?? '', '-out', bundle ?? ''],
    ...['-passout', 'pass:for-the-way'],
  );
  expect(made).toMatchObject({ code: 0 });
  const own = { origin: new URL(police).origin, pfxPath: bundle ?? '', passphrase: 'for-the-way' };
  // The server is believed without a look: that is tried above. The browser is asked to show its own.
  const context = await browser.newContext({ ignoreHTTPSErrors: true, clientCertificates: [own] });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(police);
  await page.getByTestId('login').waitFor();
  await context.close();
});

it('cuts and refuses the one that is revoked, and no other', async () => {
  const ca = readFileSync(trial.file('ca.crt'));
  const opened = async (controlRoom: string, certificate: string) =>
    LivePeer.connect(await run.dispatcher(controlRoom), undefined, undefined, {
      ...{ ca, ...identityOf(trial, certificate) },
    });
  const denHaag = await opened('den-haag', DEN_HAAG);
  const rotterdam = await opened('rotterdam', `${ROTTERDAM}.crt`);
  const args = ['cert', 'revoke', '--dir', trial.dir, trial.file(DEN_HAAG)];
  const command = new LiveviewProcess(args);
  expect(await command.ended()).toBe(0);
  await until('the socket to be cut', () => denHaag.closed);
  await expect(ask(identityOf(trial, DEN_HAAG))).rejects.toThrow();
  expect(await ask(identityOf(trial, `${ROTTERDAM}.crt`))).toMatchObject({ status: 401 });
  expect(rotterdam.closed).toBeUndefined();
  rotterdam.close();
  const renewal = ['--name', 'Meldkamer Den Haag', '--host', 'desk.den-haag.example', '--renew'];
  await trial.certJson('client', ...renewal);
  expect(await ask(identityOf(trial, DEN_HAAG))).toMatchObject({ status: 401 });
});
