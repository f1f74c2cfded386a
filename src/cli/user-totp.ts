import { renderUnicodeCompact } from 'uqr';
import { newTotpSecret } from '../access/second-factor.ts';
import { otpauthUrl } from '../access/totp.ts';
import { UserStore } from '../access/users.ts';
import { systemClock } from '../core/clock.ts';
import { withAccessLog } from './access-log.ts';
import type { CliContext } from './context.ts';
import { readPasswordLine } from './options.ts';
import { printLine } from './output.ts';

export interface TotpOptions {
  readonly remove?: boolean;
  readonly dataDir: string;
}

const ISSUER = 'Live View';

/** Gives or takes a second factor. It counts once a code shows that the app has it. */
export async function totp(
  context: CliContext,
  name: string,
  { remove, dataDir }: TotpOptions,
): Promise<void> {
  const users = new UserStore(dataDir, systemClock);
  const found = users.get(name);
  if (remove) {
    withAccessLog(context, dataDir, (accessLog) =>
      new UserStore(dataDir, systemClock, { accessLog }).removeSecondFactor(name),
    );
    printLine(context, `${name} logs in with the password alone from now on`);
    return;
  }
  const secret = newTotpSecret();
  const url = otpauthUrl(secret, found.username, ISSUER);
  printLine(context, renderUnicodeCompact(url));
  printLine(context, url);
  printLine(context, 'Read this with the app, then type the code that it shows:');
  const code = (await readPasswordLine(context)).reveal().replace(/\s/g, '');
  const recoveryCodes = withAccessLog(context, dataDir, (accessLog) =>
    new UserStore(dataDir, systemClock, { accessLog }).setSecondFactor(name, secret, code),
  );
  printLine(context, `${name} needs a code of the app from now on. Without the app, each of these`);
  printLine(context, 'opens once; they are not shown again:');
  for (const each of recoveryCodes) printLine(context, `  ${each}`);
}
