import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Side } from '../../../src/access/caller.ts';
import type { Incident, Tile } from '../../../src/liveview/model.ts';
import type { Plan } from '../../../src/liveview/plan-model.ts';
import type { CameraSight } from '../../../src/liveview/plan-pointing.ts';
import { PointingFeed } from '../../../src/server/live/pointing-feed.ts';
import type { ServerMessage } from '../../../src/server/protocol.ts';

let sights: CameraSight[];
let watchers: Set<() => void>;
let sent: ServerMessage[];
let incident: Incident;

beforeEach(() => {
  sights = [
    { camera: 'a', heading: 10, fieldOfView: 60 },
    { camera: 'b', heading: 20, fieldOfView: 60 },
  ];
  watchers = new Set();
  sent = [];
  incident = told([{ plan: 'p' }], ['a']);
});
afterEach(() => expect(watchers.size).toBe(0));

function told(tiles: Tile[], cameras: string[]): Incident {
  return {
    ...{ id: 'i', type: 'other', site: 's', summary: '', priority: null, counts: {} },
    ...{ state: 'open', cameras, openedAt: '', openedBy: '', grants: [], notes: [] },
    screen: { tiles, focus: null },
  };
}

function feed(side: Side): PointingFeed {
  const plan = { id: 'p', site: 's' } as Plan;
  return new PointingFeed({
    side,
    pictures: {
      plans: { list: () => [plan] },
      pointing: {
        sights: () => sights,
        watch: (_incident: string, listener: () => void) => {
          watchers.add(listener);
          return () => void watchers.delete(listener);
        },
      },
    } as never,
    visible: () => incident,
    sees: () => true,
    send: (message) => sent.push(message),
  });
}

const change = () => {
  for (const watcher of watchers) watcher();
};

describe('where cameras point', () => {
  it('is told a control room of the cameras that are shared with it', () => {
    const own = feed('police');
    own.follow(incident);
    change();
    expect(sent).toEqual([
      {
        type: 'pointing',
        incident: 'i',
        sights: [{ plan: 'p', camera: 'a', heading: 10, fieldOfView: 60 }],
      },
    ]);
    own.stop();
  });

  it('is told the centre of all', () => {
    const own = feed('centre');
    own.follow(incident);
    change();
    expect(sent[0]).toMatchObject({ sights: [{ camera: 'a' }, { camera: 'b' }] });
    own.stop();
  });

  it('is told when it changed, and not else', () => {
    const own = feed('police');
    own.follow(incident);
    change();
    sights = sights.map((sight) => (sight.camera === 'b' ? { ...sight, heading: 99 } : sight));
    change();
    expect(sent).toHaveLength(1);
    sights = [];
    change();
    expect(sent[1]).toEqual({ type: 'pointing', incident: 'i', sights: [] });
    own.stop();
  });

  it('is told whoever asks a second time, and watched once', () => {
    const own = feed('police');
    own.follow(incident);
    own.follow(incident);
    expect(sent).toHaveLength(2);
    expect(sent[1]).toEqual(sent[0]);
    expect(watchers.size).toBe(1);
    own.stop();
  });

  it('is not told of a plan that is not on the screen', () => {
    const own = feed('centre');
    incident = told([{ camera: 'a' }], ['a']);
    own.follow(incident);
    change();
    expect(sent).toEqual([]);
    own.forget('i');
    incident = told([{ plan: 'p' }], ['a']);
    change();
    expect(sent).toEqual([]);
  });
});
