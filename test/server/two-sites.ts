import { LiveViewError } from '../../src/core/errors.ts';
import type { Actor } from '../../src/journal/record.ts';
import { KIND_FACTS } from '../../src/liveview/alarm-kinds.ts';
import type { PictureMaking } from '../../src/server/deps.ts';
import { madeOf } from '../support/made-pictures.ts';
import { DIRECTORY, Harness, type HarnessOptions, OPERATOR } from './harness.ts';
import { Dome } from './live/dome.ts';

export const DISPATCHER: Actor = { user: 'daan', role: 'dispatcher', controlRoom: 'rotterdam' };

export const MAKER: PictureMaking = {
  maxBytes: 64 * 1024,
  make: async (bytes) => madeOf(`made of ${bytes}`),
};

/** What goes on at one site: one of everything that can be named. */
export interface SiteIds {
  readonly site: string;
  readonly camera: string;
  readonly incident: string;
  readonly alarm: string;
  readonly request: string;
  readonly plan: string;
  readonly image: string;
}

export async function twoSites(more: HarnessOptions = {}): Promise<Harness> {
  return new Harness({
    control: new Dome(),
    ...more,
    // Sites and cameras that a test may move.
    directory: {
      ...DIRECTORY,
      ...more.directory,
      cameras: new Map((more.directory ?? DIRECTORY).cameras),
    },
    deps: { pictureMaker: MAKER, snapshot: async () => Buffer.from('jpeg'), ...more.deps },
  }).start();
}

const CAMERAS = { jeweller: 'shop-1', square: 'square-1' } as const;

/** An incident with an alarm, an image, a plan of its site, and a question of a control room that waits. */
export async function busySite(
  { liveview }: Harness,
  site: keyof typeof CAMERAS,
  change: { cameras?: string[]; rights?: ('view' | 'ptz' | 'switch' | 'plan')[] } = {},
): Promise<SiteIds> {
  const camera = CAMERAS[site];
  const cameras = change.cameras ?? [camera];
  const { plans, images } = liveview.pictures;
  const alarm = raised(liveview, site);
  const incident = liveview.openIncident(OPERATOR, {
    ...{ type: 'robbery', site, summary: `bij ${site}`, cameras, alarm },
  }).id;
  const rights = change.rights ?? ['view', 'ptz', 'switch', 'plan'];
  liveview.grant(OPERATOR, incident, 'rotterdam', { cameras, rights });
  const picture = madeOf(`${site} ${incident}`);
  const plan = (await plans.add(OPERATOR, { site, name: `Plan ${site}`, picture })).id;
  const image = (await images.add(OPERATOR, incident, { name: 'Beeld', picture, camera })).id;
  const request = liveview.request(DISPATCHER, {
    ...{ incident, action: 'ptz.home', camera, args: {} },
  }).id;
  return { site, camera, incident, alarm, request, plan, image };
}

/** @returns the id of an alarm of its own. */
export function raised(liveview: Harness['liveview'], site: keyof typeof CAMERAS): string {
  count += 1;
  const facts = KIND_FACTS['hold-up'];
  return liveview.raise(OPERATOR, {
    ...{ source: { type: 'operator', id: `olga-${count}` }, site, kind: 'hold-up', details: {} },
    ...{ priority: facts.priority, text: facts.text, key: `key ${count}` },
  }).id;
}
let count = 0;

export const codeOfAnswer = async (response: Response): Promise<string> => {
  const { code } = (await response.json()) as { code?: string };
  if (code === undefined) throw new LiveViewError('no-problem', `status ${response.status}`);
  return code;
};
