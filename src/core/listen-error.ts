import { codeOf, LiveViewError } from './errors.ts';

/** Why an address cannot be listened on, and what to do: `address-in-use`, `address-unavailable`, `port-not-permitted`. */
export function listenError(cause: unknown, host: string, port: number): unknown {
  const at = `${host}:${port}`;
  switch (codeOf(cause)) {
    case 'EADDRINUSE':
      return new LiveViewError(
        'address-in-use',
        `${at} is in use by another program; stop it, or choose another port for this listener`,
        { cause },
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new LiveViewError(
        'address-unavailable',
        `this machine has no address ${host}; \`ip address\` shows those it has`,
        { cause },
      );
    case 'EACCES':
      return new LiveViewError(
        'port-not-permitted',
        `${at} may not be opened by this user; choose a port of 1024 or more`,
        { cause },
      );
    default:
      return cause;
  }
}
