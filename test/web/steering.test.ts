import { describe, expect, it } from '@jest/globals';
import type { RequestHandle } from '../../src/client/index.ts';
import type { RequestOptions } from '../../src/client/request-handle.ts';
import { RequestHandle as Handle } from '../../src/client/request-handle.ts';
import { STILL, Steering } from '../../web/shared/steering.ts';
import { manualClientClock } from '../client/manual-client-clock.ts';

function steering(axes = { panTilt: true, zoom: true }) {
  const { clock } = manualClientClock();
  const sent: string[] = [];
  const handles: RequestHandle[] = [];
  const request = (options: RequestOptions): RequestHandle => {
    const id = `r${handles.length}`;
    const handle = new Handle(id, options, {
      send: (message) => {
        if (message.type === 'request') sent.push(`${id} ${JSON.stringify(message.args)}`);
        if (message.type === 'release') sent.push(`${id} release`);
      },
      clock,
      forget: () => undefined,
    });
    handles.push(handle);
    handle.ask();
    return handle;
  };
  const made = new Steering({
    client: { request },
    camera: 'dome',
    axes,
    onState: () => undefined,
  });
  return { made, sent, handles };
}

const RIGHT = { ...STILL, pan: 1 };
const UP = { ...STILL, tilt: 1 };

describe('Steering', () => {
  it('is one movement while the hand only trembles', () => {
    const { made, sent } = steering();
    made.steer({ ...STILL, pan: 0.51 });
    made.steer({ pan: 0.48, tilt: 0.05, zoom: 0 });
    made.release();
    made.release();
    expect(sent).toEqual(['r0 {"pan":0.5,"tilt":0,"zoom":0}', 'r0 release']);
  });

  it('turns without a stop: the new request goes before the old is released', () => {
    const { made, sent, handles } = steering();
    made.steer(RIGHT);
    handles[0]?.update({ state: 'running' });
    made.steer(UP);
    expect(sent.slice(1)).toEqual(['r1 {"pan":0,"tilt":1,"zoom":0}', 'r0 release']);
  });

  it('keeps the direction while it waits for a decision, and takes the newest after it', () => {
    const { made, sent, handles } = steering();
    made.steer(RIGHT);
    made.steer(UP);
    expect(sent).toHaveLength(1);
    handles[0]?.update({ state: 'running' });
    expect(sent.slice(1)).toEqual(['r1 {"pan":0,"tilt":1,"zoom":0}', 'r0 release']);
  });

  it('does not ask again for what was declined until it is let go', () => {
    const { made, sent, handles } = steering();
    made.steer(RIGHT);
    handles[0]?.update({ state: 'declined' });
    made.steer(UP);
    expect(sent).toHaveLength(1);
    made.release();
    made.steer(UP);
    expect(sent).toHaveLength(2);
  });

  it('asks only for axes that the camera has', () => {
    const { made, sent } = steering({ panTilt: false, zoom: true });
    made.steer(RIGHT);
    made.steer({ ...STILL, zoom: -0.5 });
    expect(sent).toEqual(['r0 {"zoom":-0.5}']);
  });
});
