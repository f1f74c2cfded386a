import type { Config } from '../../config/schema.ts';
import { LiveViewError } from '../../core/errors.ts';
import type { AlarmReport } from '../../liveview/alarms.ts';
import type { Directory } from '../../liveview/model.ts';
import type { RaiseAlarm } from '../../server/alarm-schemas.ts';
import { commonOf, kindOf } from '../../server/reports-in.ts';

type Source = Config['alarms']['webhook'][number];

/**
 * What a source that comes with a token tells: for which sites it may, and what its own words mean, the
 * configuration says. Undefined for a token that no source is configured for.
 *
 * @throws LiveViewError `site-not-allowed` for a site that is not its own or a camera elsewhere, `unknown-type`, `invalid-request`
 */
export function webhookReport(
  { webhook: sources }: Pick<Config['alarms'], 'webhook'>,
  known: Directory['cameras'],
  token: string,
  told: RaiseAlarm,
): AlarmReport | undefined {
  const source = sources.find((each) => each.token === token);
  if (!source) return undefined;
  const site = siteOf(source, told.site);
  checkCameras(source, known, told.cameras);
  const { kind, cameras, ...facts } = meaningOf(source, told);
  if (kind === undefined) {
    throw new LiveViewError('invalid-request', 'say the kind, or a type that is configured');
  }
  return {
    source: { type: 'webhook', id: token },
    site,
    ...kindOf({ ...facts, kind }),
    ...(cameras === undefined ? {} : { cameras }),
    key: told.key ?? told.type ?? kind,
    ...commonOf(told),
  };
}

function siteOf({ token, sites }: Source, site: string | undefined): string {
  const [only] = sites.length === 1 ? sites : [];
  const meant = site ?? only;
  if (meant === undefined) {
    throw new LiveViewError('invalid-request', `say the site: ${sites.join(', ')}`);
  }
  if (sites.includes(meant)) return meant;
  throw new LiveViewError(
    'site-not-allowed',
    `${token} may not tell of the site ${meant}; alarms.webhook names its sites`,
  );
}

/** Its cameras are those of its sites; whether there are others, it does not learn. */
function checkCameras(
  { token, sites }: Source,
  known: Directory['cameras'],
  named: RaiseAlarm['cameras'] = [],
): void {
  for (const id of named) {
    const camera = known.get(id);
    if (camera && sites.includes(camera.site)) continue;
    throw new LiveViewError(
      'site-not-allowed',
      `camera ${id} is not one of the sites that ${token} may tell of`,
    );
  }
}

/** What the configuration says of the type goes before what the report says itself. */
function meaningOf(
  { types }: Source,
  { type, kind, priority, text, cameras }: RaiseAlarm,
): Pick<RaiseAlarm, 'kind' | 'priority' | 'text' | 'cameras'> {
  const told = {
    ...(kind === undefined ? {} : { kind }),
    ...(priority === undefined ? {} : { priority }),
    ...(text === undefined ? {} : { text }),
    ...(cameras === undefined ? {} : { cameras }),
  };
  if (type === undefined) return told;
  const known = Object.hasOwn(types, type) ? types[type] : undefined;
  if (!known && kind === undefined) {
    const names = Object.keys(types).join(', ');
    throw new LiveViewError('unknown-type', `the type ${type} is not configured; known: ${names}`);
  }
  return { ...told, ...known };
}
