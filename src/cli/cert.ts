import { Command, Option } from 'commander';
import { systemClock } from '../core/clock.ts';
import { Authority } from '../pki/authority.ts';
import { AuthorityFolder } from '../pki/folder.ts';
import { type Host, parseHost, parseName } from '../pki/names.ts';
import {
  printAuthority,
  printIssued,
  printList,
  printRegister,
  printRevoked,
} from './cert-output.ts';
import type { CliContext } from './context.ts';
import { jsonOption, parseCount, wrongUse } from './options.ts';

interface CertFlags {
  dir: string;
  json?: boolean;
}

interface IssueFlags extends CertFlags {
  days: number;
  renew?: boolean;
}

/** Longer ones are refused by some browsers, even of an authority of one's own. */
const MAX_DAYS = 825;
const MAX_LIST_DAYS = 365;

/** `liveview cert …`: a private authority for a trial, where no certificates of a real one are at hand. */
export function certCommand(context: CliContext): Command {
  return new Command('cert')
    .description('a private certificate authority, for a trial with TLS')
    .addCommand(caCommand(context))
    .addCommand(serverCommand(context))
    .addCommand(clientCommand(context))
    .addCommand(revokeCommand(context))
    .addCommand(crlCommand(context))
    .addCommand(listCommand(context));
}

function caCommand(context: CliContext): Command {
  return new Command('ca')
    .description('make the authority: a key, a certificate of ten years, an empty revocation list')
    .addOption(dirOption())
    .addOption(nameOption('what it is called'))
    .addOption(jsonOption())
    .action(async ({ name, ...flags }: CertFlags & { name: string }) => {
      const authority = authorityIn(flags);
      printAuthority(context, authority, await authority.make(parseName(name)), flags.json);
    });
}

function serverCommand(context: CliContext): Command {
  return new Command('server')
    .description('make the key and certificate of a listener')
    .addOption(dirOption())
    .addOption(
      new Option('--host <host>', 'a name or address by which it is reached; may be repeated')
        .argParser(anotherHost)
        .makeOptionMandatory(),
    )
    .addOption(daysOption())
    .addOption(renewOption())
    .addOption(jsonOption())
    .action(async ({ host: hosts, ...flags }: IssueFlags & { host: Host[] }) => {
      const authority = authorityIn(flags);
      const issued = await authority.issue({ kind: 'server', hosts, ...howOf(flags) });
      printIssued(context, authority, issued, flags.json);
    });
}

function clientCommand(context: CliContext): Command {
  return new Command('client')
    .description('make the key and certificate of a control room, or of a panel')
    .addOption(dirOption())
    .addOption(nameOption('whom it stands for'))
    .addOption(
      new Option('--host <host>', 'a DNS name for the configuration to know it by; may be repeated')
        .argParser(anotherHost)
        .default([], 'none'),
    )
    .addOption(daysOption())
    .addOption(renewOption())
    .addOption(jsonOption())
    .action(
      async ({ name, host: hosts, ...flags }: IssueFlags & { name: string; host: Host[] }) => {
        const address = hosts.find(({ type }) => type === 'ip');
        if (address) throw wrongUse(`${address.value}: a client is known by DNS names alone`);
        const authority = authorityIn(flags);
        const wish = { kind: 'client', name: parseName(name), hosts, ...howOf(flags) } as const;
        printIssued(context, authority, await authority.issue(wish), flags.json);
      },
    );
}

function revokeCommand(context: CliContext): Command {
  return new Command('revoke')
    .description('let a certificate hold no longer, and make the revocation list anew')
    .argument('<certificate>', 'its serial number, or the file that it is in')
    .addOption(dirOption())
    .addOption(jsonOption())
    .action(async (which: string, flags: CertFlags) => {
      const authority = authorityIn(flags);
      printRevoked(context, authority, await authority.revoke(which), flags.json);
    });
}

function crlCommand(context: CliContext): Command {
  return new Command('crl')
    .description('make the revocation list anew, before it ends')
    .addOption(dirOption())
    .addOption(
      new Option(
        '--days <n>',
        'for how long this and later ones hold; as before unless given, 30 at first',
      ).argParser(parseCount(MAX_LIST_DAYS)),
    )
    .addOption(jsonOption())
    .action(async ({ days, ...flags }: CertFlags & { days?: number }) => {
      const authority = authorityIn(flags);
      printList(context, authority, await authority.renewList(days), flags.json);
    });
}

function listCommand(context: CliContext): Command {
  return new Command('list')
    .description('what was issued, until when it holds, and what was revoked')
    .addOption(dirOption())
    .addOption(jsonOption())
    .action((flags: CertFlags) => printRegister(context, authorityIn(flags), flags.json));
}

function authorityIn({ dir }: CertFlags): Authority {
  return new Authority(new AuthorityFolder(dir), systemClock);
}

function howOf({ days, renew: isRenewal = false }: IssueFlags) {
  return { days, isRenewal };
}

const dirOption = () =>
  new Option('--dir <dir>', 'the folder of the authority').makeOptionMandatory();

const nameOption = (what: string) => new Option('--name <name>', what).makeOptionMandatory();

const daysOption = () =>
  new Option('--days <n>', 'how long it holds').argParser(parseCount(MAX_DAYS)).default(397);

const renewOption = () =>
  new Option('--renew', 'another key and certificate in the place of those of this name');

function anotherHost(text: string, before: readonly Host[] = []): readonly Host[] {
  const host = parseHost(text);
  return before.some(({ value }) => value === host.value) ? before : [...before, host];
}
