import type { Clock } from '../../../src/core/clock.ts';
import { Permit } from '../../../src/core/permit.ts';
import type {
  Delivery,
  FragmentReader,
  InitSegment,
  MediaFragment,
} from '../../../src/video/fragment.ts';

export function init(generation = 1): InitSegment {
  const bytes = Buffer.from(`init ${generation}`);
  const codec = 'avc1.42c01e';
  return { kind: 'init', generation, format: 'fmp4', codec, width: 640, height: 360, bytes };
}

/** The picture of that number, 40 ms after the one before; every `group`th is a key frame. */
export function picture(
  number: number,
  { group = 10, bytes = 100, generation = 1 } = {},
): MediaFragment {
  return {
    kind: 'media',
    generation,
    keyFrame: number % group === 0,
    captureUnixUs: number * 40_000,
    bytes: Buffer.alloc(bytes, number),
  };
}

/** Number of the picture in a delivery. */
export function numberOf(delivery: Delivery | undefined): number | undefined {
  return delivery?.fragment.kind === 'media' ? delivery.fragment.captureUnixUs / 40_000 : undefined;
}

/** Everything that a reader has now, by its own word: nothing is asked for after the last. */
export function drain(reader: FragmentReader): Delivery[] {
  const deliveries: Delivery[] = [];
  for (let next = reader.next(); next; next = next.last ? undefined : reader.next()) {
    deliveries.push(next);
  }
  return deliveries;
}

/** What was delivered, in short: `init 1`, picture numbers, and what was missed before them. */
export function outline(deliveries: readonly Delivery[]): (string | number)[] {
  return deliveries.flatMap((delivery) => {
    if (delivery.fragment.kind === 'init') return [`init ${delivery.fragment.generation}`];
    const missed = delivery.droppedBefore > 0 ? [`missed ${delivery.droppedBefore}`] : [];
    return [...missed, numberOf(delivery) ?? -1];
  });
}

export function permitFor(clock: Clock, camera = 'shop-1'): Permit {
  return new Permit(clock, camera);
}
