import { describe, expect, it } from '@jest/globals';
import { type WarmPolicy, Warmth } from '../../src/gateway/warmth.ts';

function lab() {
  const cameras = new Map<string, { site: string | undefined; warm: WarmPolicy }>([
    ['shop', { site: 'jeweller', warm: 'on-alarm' }],
    ['square', { site: 'square', warm: 'on-alarm' }],
    ['door', { site: 'jeweller', warm: 'on-demand' }],
    ['vault', { site: 'jeweller', warm: 'always' }],
  ]);
  const wakeful = new Set<string>();
  const pulled: string[] = [];
  let most = 0;
  let woken: (() => void) | undefined;
  const warmth = new Warmth({
    hub: {
      keepWarm: (camera, quality) => {
        most = Math.max(most, pulled.push(`${camera} ${quality}`));
        return () => pulled.splice(pulled.indexOf(`${camera} ${quality}`), 1);
      },
    },
    cameras: () => [...cameras].map(([id, each]) => ({ id, ...each })),
    wakefulSites: () => wakeful,
    onWaking: (listener) => {
      woken = listener;
      return () => {
        woken = undefined;
      };
    },
  });
  return {
    cameras,
    wakeful,
    pulled,
    warmth,
    most: () => most,
    wake: () => woken?.(),
    listens: () => woken !== undefined,
  };
}

describe('the cameras that are kept warm', () => {
  it('are those that are to be always, and those of a site where something goes on', () => {
    const { warmth, pulled, wakeful, wake } = lab();
    warmth.start();
    expect(pulled).toEqual(['vault main']);
    wakeful.add('jeweller');
    wake();
    expect(pulled.sort()).toEqual(['shop main', 'vault main']);
    wakeful.clear();
    wake();
    expect(pulled).toEqual(['vault main']);
  });

  it('are taken anew before they are let go, so that none is interrupted', () => {
    const { warmth, pulled, cameras, most } = lab();
    warmth.start();
    cameras.set('door', { site: 'jeweller', warm: 'always' });
    warmth.update();
    expect(most()).toBe(3);
    expect(pulled.sort()).toEqual(['door main', 'vault main']);
  });

  it('are none of a site that is not known', () => {
    const { warmth, pulled, cameras, wakeful } = lab();
    cameras.set('lost', { site: undefined, warm: 'on-alarm' });
    wakeful.add('square');
    warmth.start();
    expect(pulled.sort()).toEqual(['square main', 'vault main']);
  });

  it('are let go at the end, and nothing is heard any more', () => {
    const { warmth, pulled, listens } = lab();
    warmth.start();
    warmth.stop();
    expect(pulled).toEqual([]);
    expect(listens()).toBe(false);
  });
});
