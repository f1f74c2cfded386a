import type { AccessUnit } from '../../../src/video/access-unit.ts';
import { createDepacketizer } from '../../../src/video/rtp/depacketizer.ts';
import { Timeline } from '../../../src/video/rtp/timeline.ts';
import { kept } from '../../support/kept.ts';

/** A depacketizer, what came out of it, and how packets are put into it. */
export function depacketizing(encoding: string, parameters: Record<string, string> = {}) {
  const units: AccessUnit[] = [];
  const events: string[] = [];
  const counters = { pictures: 0, broken: 0, undecodable: 0 };
  const format = { encoding, parameters: new Map(Object.entries(parameters)) };
  const made = createDepacketizer(format, {
    timeline: new Timeline(),
    counters,
    sink: {
      parameterSets: () => undefined,
      accessUnit: (unit) => {
        units.push(kept(unit));
        events.push(unit.keyFrame ? 'key' : 'picture');
      },
      discontinuity: () => events.push('discontinuity'),
    },
  });
  const send = (timestamp: number, payload: Buffer, marker = false, captureUnixUs = 1) =>
    made.packet(
      {
        payloadType: 96,
        marker,
        sequence: 0,
        timestamp,
        ssrc: 1,
        csrc: [],
        extension: undefined,
        payload,
      },
      captureUnixUs,
    );
  return { made, send, units, events, counters };
}

export const hex = (unit: AccessUnit | undefined) =>
  unit?.nalUnits.map((nal) => Buffer.from(nal).toString('hex'));
export const hexOf = (...nalUnits: Buffer[]) => nalUnits.map((nal) => nal.toString('hex'));
