import { Command, Option } from 'commander';
import { type CallerRole, ROLES } from '../access/role.ts';
import { TokenUses } from '../access/token-uses.ts';
import { type Token, TokenStore } from '../access/tokens.ts';
import { systemClock } from '../core/clock.ts';
import { withAccessLog } from './access-log.ts';
import type { CliContext } from './context.ts';
import { checkControlRoom, type RoomFlags, roomConfigOption } from './control-room.ts';
import { dataDirOption, jsonOption, parseDuration, requireFolder } from './options.ts';
import { printJson, printLine, printTable } from './output.ts';
import { checkSitesKnown, type SiteFlags, sitesCell, sitesInWords, sitesOption } from './sites.ts';
import { roleOption } from './user.ts';

interface AddOptions extends RoomFlags, SiteFlags {
  role: CallerRole;
  expires: number;
  dataDir: string;
  json?: boolean;
}

/** `liveview token …`: programs that connect. A token is printed once and kept only as a hash. */
export function tokenCommand(context: CliContext): Command {
  const command = new Command('token').description('programs that connect with a bearer token');
  command
    .command('add <name>')
    .description('make a token; it is printed once, on standard output')
    .addOption(roleOption(ROLES))
    .option('--control-room <id>', 'the control room whose shared incidents it sees')
    .addOption(sitesOption())
    .addOption(roomConfigOption())
    .addOption(
      new Option('--expires <duration>', 'how long it holds')
        .argParser(parseDuration)
        .default(parseDuration('90d'), '90d'),
    )
    .addOption(dataDirOption())
    .addOption(jsonOption())
    .action((name: string, options: AddOptions) => add(context, name, options));
  command
    .command('list')
    .description('which there are')
    .addOption(dataDirOption())
    .addOption(jsonOption())
    .action((options: { dataDir: string; json?: boolean }) => list(context, options));
  command
    .command('revoke <name>')
    .description('make a token worthless; ends what it has open')
    .addOption(dataDirOption())
    .action((name: string, { dataDir }: { dataDir: string }) => {
      withAccessLog(context, dataDir, (accessLog) =>
        new TokenStore(dataDir, systemClock, { accessLog }).revoke(name),
      );
      printLine(context, `revoked ${name}`);
    });
  return command;
}

function add(context: CliContext, name: string, options: AddOptions): void {
  const { role, controlRoom, sites, expires, dataDir } = options;
  checkControlRoom(context, options);
  checkSitesKnown(context, options);
  const wanted = {
    ...{ name, role, expiresInMs: expires },
    ...(controlRoom ? { controlRoom } : {}),
    ...(sites ? { sites } : {}),
  };
  const { token, secret } = withAccessLog(context, dataDir, (accessLog) =>
    new TokenStore(dataDir, systemClock, { accessLog }).issue(wanted),
  );
  if (options.json) {
    printJson(context, { ...token, token: secret.reveal() });
    return;
  }
  printLine(context, secret.reveal());
  context.stderr.write(
    `token ${name} for ${role}${sitesInWords(token)}, until ${token.expiresAt}; it is not shown again\n`,
  );
}

function list(context: CliContext, options: { dataDir: string; json?: boolean }): void {
  requireFolder(options.dataDir);
  const uses = new TokenUses(options.dataDir).read();
  const tokens = new TokenStore(options.dataDir, systemClock).list().map((token) => {
    const lastUsed = uses[token.id];
    return { ...token, ...(lastUsed === undefined ? {} : { lastUsed }) };
  });
  if (options.json) {
    printJson(context, tokens);
    return;
  }
  const rows = tokens.map((token) => [
    token.name,
    token.id,
    token.role,
    token.controlRoom ?? '',
    sitesCell(token),
    token.createdAt,
    expiryOf(token),
    token.lastUsed ?? 'never',
  ]);
  printTable(
    context,
    ['NAME', 'ID', 'ROLE', 'CONTROL ROOM', 'SITES', 'MADE', 'EXPIRES', 'LAST USED'],
    rows,
  );
}

/** One that has expired is kept until it is revoked, so that its name says what it was. */
function expiryOf({ expiresAt }: Token): string {
  if (expiresAt === undefined) return 'never';
  const over = Date.parse(expiresAt) * 1000 <= systemClock.unixUs();
  return over ? `${expiresAt} (over)` : expiresAt;
}
