import { describe, expect, it, jest } from '@jest/globals';
import { LiveViewError } from '../../src/core/errors.ts';
import { silentLogger } from '../../src/core/log.ts';
import { EncoderPlaces, PlacedSink } from '../../src/gateway/encoder-places.ts';
import type { AccessUnit } from '../../src/video/access-unit.ts';
import { Encoders } from '../../src/video/transcode/encoders.ts';
import { ManualClock } from '../support/manual-clock.ts';

const REFUSED = expect.objectContaining({ code: 'too-many-encoders' });

function setUp(max: number) {
  const options = { wanted: 'software', clock: new ManualClock(), log: silentLogger } as const;
  const encoders = new Encoders({ ...options, max });
  return { encoders, places: new EncoderPlaces(encoders) };
}

describe('a place for an encoder', () => {
  it('goes from what waits for a stream to that stream, when there is no other', () => {
    const { encoders, places } = setUp(1);
    const low = places.takeOfStream('a main');
    const giveBack = places.takeForStream('a main');
    expect(low.isHeld).toBe(false);
    expect(encoders.inUse).toBe(1);
    expect(() => low.need()).toThrow(REFUSED);
    giveBack();
    low.need();
    low.need();
    expect(encoders.inUse).toBe(1);
    low.giveBack();
    low.giveBack();
    expect(encoders.inUse).toBe(0);
  });

  it('stays where it is when another is free', () => {
    const { encoders, places } = setUp(2);
    const low = places.takeOfStream('a main');
    places.takeForStream('a main');
    expect(low.isHeld).toBe(true);
    expect(encoders.inUse).toBe(2);
  });

  it('is not taken from what waits for another stream, nor from what has gone', () => {
    const { places } = setUp(1);
    const low = places.takeOfStream('a main');
    expect(() => places.takeForStream('b main')).toThrow(REFUSED);
    expect(() => places.takeForStream('a sub')).toThrow(REFUSED);
    expect(low.isHeld).toBe(true);
    expect(() => places.takeOfStream('a main')).toThrow(REFUSED);
    low.giveBack();
    places.takeForStream('b main');
    expect(() => places.takeForStream('a main')).toThrow(REFUSED);
  });

  it('is had by each of several streams whose small pictures were asked for at once', () => {
    const { encoders, places } = setUp(4);
    const streams = ['a', 'b', 'c', 'd'];
    const small = streams.map((stream) => places.takeOfStream(stream));
    for (const stream of streams) places.takeForStream(stream);
    expect(encoders.inUse).toBe(4);
    for (const place of small) expect(() => place.need()).toThrow(REFUSED);
  });
});

describe('what is made of a stream', () => {
  const unit: AccessUnit = {
    ...{ codec: 'h264', nalUnits: [], keyFrame: true, pts90k: 0, captureUnixUs: 0 },
  };

  it('has its pictures while there is a place for it, and is refused once', () => {
    const sink = { parameterSets: jest.fn(), accessUnit: jest.fn(), discontinuity: jest.fn() };
    const refused = jest.fn();
    let isFree = true;
    const need = () => {
      if (!isFree) throw new LiveViewError('too-many-encoders', 'all are in use');
    };
    const placed = new PlacedSink(sink, { need }, refused);
    placed.parameterSets({ codec: 'h264', vps: [], sps: [], pps: [] });
    placed.accessUnit(unit);
    placed.discontinuity();
    isFree = false;
    placed.accessUnit(unit);
    isFree = true;
    placed.accessUnit(unit);
    expect(sink.parameterSets).toHaveBeenCalledTimes(1);
    expect(sink.accessUnit).toHaveBeenCalledTimes(1);
    expect(sink.discontinuity).toHaveBeenCalledTimes(1);
    expect(refused).toHaveBeenCalledTimes(1);
    expect(refused).toHaveBeenCalledWith(REFUSED);
  });
});
