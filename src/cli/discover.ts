import { Command, Option } from 'commander';
import { stringify } from 'yaml';
import type { DiscoveredDevice } from '../cameras/discovery/device.ts';
import { discover } from '../cameras/discovery/discover.ts';
import { systemClock } from '../core/clock.ts';
import { printable } from '../core/printable.ts';
import { type CliContext, cliLogger } from './context.ts';
import { jsonOption, parseDuration } from './options.ts';
import { printJson, printLine, printTable } from './output.ts';

interface DiscoverFlags {
  interface?: string;
  timeout: number;
  json?: boolean;
  yaml?: boolean;
}

/** `liveview discover`: which ONVIF cameras answer on the networks of this machine. */
export function discoverCommand(context: CliContext): Command {
  return new Command('discover')
    .description('find the ONVIF cameras on the networks of this machine')
    .option('--interface <name>', 'only on this network interface')
    .addOption(
      new Option('--timeout <duration>', 'how long to listen')
        .argParser(parseDuration)
        .default(parseDuration('3s'), '3s'),
    )
    .addOption(jsonOption().conflicts('yaml'))
    .addOption(new Option('--yaml', 'print cameras to paste into the configuration'))
    .action((flags: DiscoverFlags) => run(context, flags));
}

async function run(context: CliContext, flags: DiscoverFlags): Promise<void> {
  const progress = showProgress(context, flags);
  const devices = await discover({
    ...(flags.interface === undefined ? {} : { interfaceName: flags.interface }),
    timeoutMs: flags.timeout,
    clock: systemClock,
    log: cliLogger(context, 'warn'),
    onFound: () => progress.count(1),
    onGone: () => progress.count(-1),
  }).finally(progress.end);
  if (flags.json) printJson(context, devices);
  else if (flags.yaml) printLine(context, yamlOf(devices).trimEnd());
  else printDevices(context, devices);
}

/** One line on a terminal that tells that something is going on; nothing where a program looks. */
function showProgress(context: CliContext, flags: DiscoverFlags) {
  let found = 0;
  const live = context.stderr.isTTY === true && !flags.json;
  const show = () => {
    const seconds = flags.timeout / 1000;
    context.stderr.write(`\rlistening for ${seconds} s: ${found} found `);
  };
  if (live) show();
  return {
    count: (more: number) => {
      found += more;
      if (live) show();
    },
    end: () => {
      if (live) context.stderr.write('\r\u001b[K');
    },
  };
}

function printDevices(context: CliContext, devices: readonly DiscoveredDevice[]): void {
  const rows = devices.map((device) => [
    device.address,
    device.name ?? '',
    device.hardware ?? '',
    device.location ?? '',
    device.interfaceName,
    device.xaddrs[0] ?? '',
  ]);
  if (rows.length > 0) printTable(context, HEADING, rows);
  const count = devices.length === 1 ? '1 camera' : `${devices.length} cameras`;
  context.stderr.write(`${count} found. ${devices.length > 0 ? FOUND : NONE_FOUND}\n`);
}

const HEADING = ['ADDRESS', 'NAME', 'HARDWARE', 'LOCATION', 'INTERFACE', 'ONVIF'];
const FOUND = 'Next: liveview probe HOST tells what a camera can do.';
const NONE_FOUND =
  'Cameras answer only on their own network: name it with --interface, give them longer with --timeout, and see that ONVIF and WS-Discovery are on in the camera.';

/** A piece of configuration; the id is made of the camera's name, else of its address. */
export function yamlOf(devices: readonly DiscoveredDevice[]): string {
  const taken = new Set<string>();
  const cameras = devices.map((device) => {
    const { hostname, port, protocol } = endpointOf(device);
    const id = uniqueId(device.name ?? hostname, taken);
    return {
      id,
      name: printable(device.name ?? hostname),
      onvif: {
        host: hostname,
        port: Number(port) || (protocol === 'https:' ? 443 : 80),
        ...(protocol === 'https:' ? { https: true } : {}),
        username: 'liveview',
        password: { file: `/etc/liveview/${id}.password` },
      },
    };
  });
  return stringify({ cameras });
}

/**
 * The address that answered, with the port of the XAddr that names it or else of the first: what a
 * device says of itself may be another network's, or somebody else's.
 */
function endpointOf({ address, xaddrs }: DiscoveredDevice) {
  const urls = xaddrs.filter((text) => URL.canParse(text)).map((text) => new URL(text));
  const own = urls.find(({ hostname }) => hostname === address || hostname === `[${address}]`);
  const { port = '80', protocol = 'http:' } = own ?? urls[0] ?? {};
  return { hostname: address, port, protocol };
}

const MAX_ID = 60;

function uniqueId(text: string, taken: Set<string>): string {
  const base =
    text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, MAX_ID) || 'camera';
  let id = base;
  for (let count = 2; taken.has(id); count += 1) id = `${base}-${count}`;
  taken.add(id);
  return id;
}
