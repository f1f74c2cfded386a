import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Screen } from '../../src/client/index.ts';
import { nextSwitching, preparing, type Switching, settled, WAIT_MS } from './switching.ts';

/**
 * The screen as it is to be painted while it becomes the one that was asked for.
 *
 * @returns `ready` is to be called by the key of each tile that has something to show.
 */
export function useSwitching(asked: Screen) {
  const [state, setState] = useState<{ asked: Screen; switching: Switching }>(() => ({
    asked,
    switching: settled(asked),
  }));
  // In the same repaint: what is taken away is not painted once more.
  const current = useMemo(
    () =>
      state.asked === asked
        ? state
        : { asked, switching: nextSwitching(state.switching, { kind: 'screen', screen: asked }) },
    [state, asked],
  );
  if (current !== state) setState(current);
  const { switching } = current;
  useEffect(() => {
    if (!switching.next) return;
    const over = setTimeout(() => apply({ kind: 'timeout' }), WAIT_MS);
    return () => clearTimeout(over);
  }, [switching.next]);

  function apply(event: Parameters<typeof nextSwitching>[1]): void {
    setState((before) => {
      const after = nextSwitching(before.switching, event);
      return after === before.switching ? before : { ...before, switching: after };
    });
  }

  return {
    shown: switching.shown,
    preparing: preparing(switching),
    ready: (key: string) => apply({ kind: 'ready', key }),
  };
}
