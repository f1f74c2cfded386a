import type { Scenario } from './bench.ts';
import { control } from './scenarios/control.ts';
import { joins } from './scenarios/joins.ts';
import { manyCameras } from './scenarios/many-cameras.ts';
import { manyViewers } from './scenarios/many-viewers.ts';
import { packaged } from './scenarios/packaged.ts';
import { slowViewer } from './scenarios/slow-viewer.ts';
import { transcoded } from './scenarios/transcoded.ts';

/** In the order in which they run and are reported. */
export const SCENARIOS: readonly Scenario[] = [
  packaged,
  transcoded,
  joins,
  control,
  manyCameras,
  slowViewer,
  manyViewers,
];
