import { Command, Option } from 'commander';
import { DirectoryLogouts } from '../access/openid/logouts.ts';
import { isDirectoryUsername } from '../access/openid/person.ts';
import { type CallerRole, PERSON_ROLES } from '../access/role.ts';
import { UserStore } from '../access/users.ts';
import { systemClock } from '../core/clock.ts';
import { withAccessLog } from './access-log.ts';
import type { CliContext } from './context.ts';
import { checkControlRoom, type RoomFlags, roomConfigOption } from './control-room.ts';
import { dataDirOption, jsonOption, readPasswordLine, requireFolder, wrongUse } from './options.ts';
import { printJson, printLine, printTable } from './output.ts';
import { checkSitesKnown, type SiteFlags, sitesCell, sitesInWords, sitesOption } from './sites.ts';
import { type SessionsFlags, sessions } from './user-sessions.ts';
import { type TotpOptions, totp } from './user-totp.ts';

interface AddOptions extends RoomFlags, SiteFlags {
  role: CallerRole;
  passwordStdin?: boolean;
  dataDir: string;
}

interface SitesOptions extends SiteFlags {
  all?: boolean;
  dataDir: string;
}

/** `liveview user …`: who may log in. Works beside a running gateway, which sees the change at once. */
export function userCommand(context: CliContext): Command {
  const command = new Command('user').description('people who log in with a name and a password');
  command
    .command('add <name>')
    .description('let somebody in; the password comes from standard input')
    .addOption(roleOption(PERSON_ROLES))
    .option('--control-room <id>', 'for dispatchers: the control room they belong to')
    .addOption(sitesOption())
    .addOption(roomConfigOption())
    .option('--password-stdin', 'read the password from standard input, one line')
    .addOption(dataDirOption())
    .action((name: string, options: AddOptions) => add(context, name, options));
  command
    .command('list')
    .description('who there are')
    .addOption(dataDirOption())
    .addOption(jsonOption())
    .action((options: { dataDir: string; json?: boolean }) => list(context, options));
  command
    .command('remove <name>')
    .description('let somebody in no longer; ends what they have open')
    .addOption(dataDirOption())
    .action((name: string, { dataDir }: { dataDir: string }) => {
      withAccessLog(context, dataDir, (accessLog) =>
        new UserStore(dataDir, systemClock, { accessLog }).remove(name),
      );
      printLine(context, `removed ${name}`);
    });
  command
    .command('sites <name>')
    .description('limit somebody to sites, or no longer; ends what they have open')
    .addOption(sitesOption().conflicts('all'))
    .option('--all', 'every site, those that come later too')
    .addOption(roomConfigOption())
    .addOption(dataDirOption())
    .action((name: string, options: SitesOptions) => setSites(context, name, options));
  command
    .command('password <name>')
    .description('set a new password, read from standard input; ends what they have open')
    .option('--password-stdin', 'read the password from standard input, one line')
    .addOption(dataDirOption())
    .action((name: string, options: { dataDir: string }) => setPassword(context, name, options));
  command
    .command('totp <name>')
    .description('give somebody a second factor, an app that shows codes; ends what they have open')
    .option('--remove', 'take it away again')
    .addOption(dataDirOption())
    .action((name: string, options: TotpOptions) => totp(context, name, options));
  command
    .command('logout <name>')
    .description(
      'end what somebody has open, of the directory too (openid:…); they may log in again',
    )
    .addOption(dataDirOption())
    .action((name: string, { dataDir }: { dataDir: string }) => logOut(context, dataDir, name));
  command
    .command('sessions [name]')
    .description('who is logged in, since when and from where; or of one user')
    .option('--end [session]', 'end this one, or all of the user who is named')
    .addOption(dataDirOption())
    .addOption(jsonOption())
    .action((name: string | undefined, options: SessionsFlags) =>
      sessions(context, name, options, (who) => logOut(context, options.dataDir, who)),
    );
  return command;
}

function logOut(context: CliContext, dataDir: string, name: string): void {
  withAccessLog(context, dataDir, (accessLog) =>
    isDirectoryUsername(name)
      ? new DirectoryLogouts(dataDir, systemClock, accessLog).logOut(name)
      : new UserStore(dataDir, systemClock, { accessLog }).logOut(name),
  );
  printLine(context, `logged ${name} out`);
}

export function roleOption(roles: readonly CallerRole[]): Option {
  return new Option('--role <role>', 'what they may do').choices(roles).makeOptionMandatory();
}

async function add(context: CliContext, name: string, options: AddOptions): Promise<void> {
  const { role, controlRoom, sites, dataDir } = options;
  if (context.stdin.isTTY && !options.passwordStdin) {
    throw wrongUse(
      'give the password on standard input: … | liveview user add NAME --password-stdin',
    );
  }
  checkControlRoom(context, options);
  checkSitesKnown(context, options);
  const password = await readPasswordLine(context);
  const user = {
    ...{ username: name, password, role },
    ...(controlRoom ? { controlRoom } : {}),
    ...(sites ? { sites } : {}),
  };
  await withAccessLog(context, dataDir, (accessLog) =>
    new UserStore(dataDir, systemClock, { accessLog }).add(user),
  );
  const room = controlRoom ? ` of ${controlRoom}` : '';
  printLine(context, `added ${name} as ${role}${room}${sitesInWords({ sites })}`);
}

function setSites(context: CliContext, name: string, options: SitesOptions): void {
  const { sites, all, dataDir } = options;
  if (sites === undefined && !all) throw wrongUse('say --sites ID,ID or --all');
  checkSitesKnown(context, options);
  withAccessLog(context, dataDir, (accessLog) =>
    new UserStore(dataDir, systemClock, { accessLog }).setSites(name, sites),
  );
  printLine(context, `${name} sees ${sites?.join(', ') ?? 'every site'} from now on`);
}

async function setPassword(
  context: CliContext,
  name: string,
  { dataDir }: { dataDir: string },
): Promise<void> {
  const password = await readPasswordLine(context);
  await withAccessLog(context, dataDir, (accessLog) =>
    new UserStore(dataDir, systemClock, { accessLog }).setPassword(name, password),
  );
  printLine(context, `changed the password of ${name}`);
}

function list(context: CliContext, options: { dataDir: string; json?: boolean }): void {
  requireFolder(options.dataDir);
  const users = new UserStore(options.dataDir, systemClock).list();
  if (options.json) {
    printJson(context, users);
    return;
  }
  const rows = users.map((user) => [
    user.username,
    user.role,
    user.controlRoom ?? '',
    sitesCell(user),
    user.secondFactor ? 'yes' : '',
    user.createdAt,
    user.changedAt,
  ]);
  printTable(
    context,
    ['NAME', 'ROLE', 'CONTROL ROOM', 'SITES', 'SECOND FACTOR', 'ADDED', 'CHANGED'],
    rows,
  );
}
