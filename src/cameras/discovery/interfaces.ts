import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { LiveViewError } from '../../core/errors.ts';
import { Networks } from '../../core/networks.ts';

/** An IPv4 address of this machine. */
export interface LocalInterface {
  readonly name: string;
  readonly address: string;
  /** `192.0.2.2/24`; null when the system does not know. */
  readonly cidr: string | null;
  readonly internal: boolean;
}

export type ListInterfaces = () => NodeJS.Dict<NetworkInterfaceInfo[]>;

/**
 * The interfaces to search: the one named, or all but loopback.
 *
 * @throws LiveViewError `unknown-interface`
 */
export function chooseInterfaces(
  name: string | undefined,
  list: ListInterfaces = networkInterfaces,
): LocalInterface[] {
  const known = Object.entries(list()).flatMap(([each, addresses = []]) =>
    addresses
      .filter(({ family }) => family === 'IPv4')
      .map(({ address, cidr, internal }) => ({ name: each, address, cidr, internal })),
  );
  const chosen = known.filter((each) => (name === undefined ? !each.internal : each.name === name));
  if (chosen.length > 0) return chosen;
  const names = [...new Set(known.map((each) => each.name))].join(', ') || 'none';
  const problem =
    name === undefined
      ? 'no network interface but loopback has an IPv4 address'
      : `there is no network interface ${name} with an IPv4 address`;
  throw new LiveViewError('unknown-interface', `${problem}; choose one of: ${names}`, {
    context: { interfaceName: name },
  });
}

/** Whether an IPv4 address lies in the network of the interface. */
export function isOnNetworkOf({ cidr }: LocalInterface, address: string): boolean {
  return new Networks([cidr ?? '']).has(address);
}
