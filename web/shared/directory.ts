import { useEffect, useState } from 'preact/hooks';
import type { GatewayApi, SessionView, WaysIn } from '../../src/client/index.ts';
import type { Reason } from './reasons.ts';
import type { Texts } from './texts-nl.ts';

/** With a password, until the gateway says otherwise. */
const PASSWORD: WaysIn = { password: true };

/** How people log in on this side; only the centre has a directory. */
export function useWaysIn(api: GatewayApi, side: SessionView['side']): WaysIn {
  const [ways, setWays] = useState(PASSWORD);
  useEffect(() => {
    // Whoever asks for it with a password is told why that fails.
    if (side === 'centre') api.waysIn().then(setWays, () => undefined);
  }, [api, side]);
  return ways;
}

/**
 * Why a browser came back from the directory without a login, and takes that out of the address. Anybody can
 * write such an address: a code that is none of ours says no more than that it failed.
 */
export function takeReturn(
  { hash, pathname }: Pick<Location, 'hash' | 'pathname'>,
  history: Pick<History, 'replaceState'>,
  { reasons }: Pick<Texts, 'reasons'>,
): Reason | undefined {
  const [, code] = /^#login=([a-z-]{1,40})$/.exec(hash) ?? [];
  if (code === undefined) return undefined;
  history.replaceState(null, '', pathname);
  return { code: Object.hasOwn(reasons, code) ? code : 'openid-failed', message: code };
}
