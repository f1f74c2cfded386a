import type { Scenario } from './bench.ts';
import { joins } from './scenarios/joins.ts';
import { manyCameras } from './scenarios/many-cameras.ts';
import { manyViewers } from './scenarios/many-viewers.ts';
import { packaged } from './scenarios/packaged.ts';
import { transcoded } from './scenarios/transcoded.ts';

/** In the order in which they run and are reported. */
export const SCENARIOS: readonly Scenario[] = [
  packaged,
  transcoded,
  joins,
  manyCameras,
  manyViewers,
];
