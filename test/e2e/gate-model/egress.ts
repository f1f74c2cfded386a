import { join } from 'node:path';
import { readEgress } from '../../../src/cli/journal-egress.ts';
import type { ReadFlow } from '../../../src/egress/read.ts';
import type { EgressVerdict } from '../../../src/egress/reconcile.ts';
import { runCli } from '../../support/cli.ts';
import { isWhole } from './oracle.ts';
import { bytesOf, type Seen } from './seen.ts';

/** What `liveview journal verify --egress` says of a gateway that has stopped. */
export async function reconciled(dataDir: string): Promise<EgressVerdict & { code: number }> {
  const folder = join(dataDir, 'egress');
  const args = ['journal', 'verify', '--data-dir', dataDir, '--egress', folder, '--json'];
  const { code, stdout, stderr } = await runCli(args);
  if (stdout === '') throw new Error(stderr);
  return { ...JSON.parse(stdout).egress, code };
}

/**
 * Where what viewers received is not what the gateway counted at its sockets: never more, and exactly that
 * where nothing can have been lost on the way. Of a process that was killed it wrote down less than it sent.
 */
export function egressDifferences(dataDir: string, { seen, pictures }: Came): string[] {
  const { flows } = readEgress(join(dataDir, 'egress'));
  return [...filmDifferences(flows, seen), ...pictureDifferences(flows, pictures)];
}

interface Came {
  readonly seen: readonly Seen[];
  readonly pictures: readonly { readonly user: string; readonly bytes: number }[];
}

function pictureDifferences(flows: readonly ReadFlow[], pictures: Came['pictures']): string[] {
  return pictures.flatMap(({ user, bytes }) => {
    const left = flows.filter(({ about }) => about.user === user).map((flow) => flow.bytes);
    // Of what was sent just before the gateway was killed nothing is written down.
    return left.every((each) => each === bytes) && left.length <= 1
      ? []
      : [`a picture for ${user}: received ${bytes}, counted ${left}`];
  });
}

function filmDifferences(flows: readonly ReadFlow[], all: readonly Seen[]): string[] {
  return [...new Set(all.map(keyOf))].flatMap((key) => {
    const seen = all.filter((each) => keyOf(each) === key);
    if (seen.some(({ torn }) => torn)) return [];
    const came = sum(seen.map(bytesOf));
    const left = sum(flows.filter(({ about }) => keyOf(about) === key).map(({ bytes }) => bytes));
    if (came === left || (came < left && !seen.every(isWhole))) return [];
    return [`${key}: received ${came}, counted ${left}`];
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

interface Key {
  readonly via: string;
  readonly user?: string;
  readonly controlRoom?: string;
  readonly incident?: string;
  readonly camera?: string;
}

function keyOf({ via, user, controlRoom, incident, camera }: Key): string {
  return [via, user, controlRoom, incident, camera].join(' ');
}
