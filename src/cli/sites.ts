import { InvalidArgumentError, Option } from 'commander';
import type { Limitable } from '../access/site-limit.ts';
import { openConfig } from '../config/load.ts';
import { LiveViewError } from '../core/errors.ts';
import type { CliContext } from './context.ts';

export interface SiteFlags {
  sites?: string[];
  config?: string;
}

export const sitesOption = () =>
  new Option(
    '--sites <ids>',
    'limit it to these sites, separated by commas; without, it is for every site',
  ).argParser(parseSites);

function parseSites(text: string): string[] {
  const sites = text.split(',').map((id) => id.trim());
  if (sites.every((id) => id !== '')) return sites;
  throw new InvalidArgumentError('Write ids of sites, separated by commas: jeweller,square.');
}

/**
 * Whether the sites of an account are sites of the configuration. One that is misspelt lets nobody see
 * more, so without a configuration at hand it is only said.
 *
 * @throws LiveViewError `unknown-site`; ConfigError.
 */
export function checkSitesKnown(context: CliContext, { sites, config }: SiteFlags): void {
  if (sites === undefined) return;
  if (config === undefined) {
    context.stderr.write(
      `whether the configuration has the sites ${sites.join(', ')} was not looked up; --config FILE does\n`,
    );
    return;
  }
  const known = openConfig(config).config.sites.map(({ id }) => id);
  const missing = sites.find((id) => !known.includes(id));
  if (missing === undefined) return;
  throw new LiveViewError(
    'unknown-site',
    `there is no site ${missing} in ${config}: it has ${known.join(', ')}`,
  );
}

/** For a table of accounts. */
export function sitesCell({ sites }: Limitable): string {
  return sites?.join(' ') ?? 'all';
}

/** For a line that says what was done. */
export function sitesInWords({ sites }: Limitable): string {
  return sites === undefined ? '' : `, for ${sites.join(', ')} alone`;
}
