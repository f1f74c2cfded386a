import type { PanelAccount, PanelAccounts, PanelZone } from '../../alarms/dc09/account.ts';
import type { Origin } from '../../alarms/dc09/answering.ts';
import { Dc09Receiver, type Endpoint } from '../../alarms/dc09/receiver.ts';
import type { PanelReport } from '../../alarms/dc09/report.ts';
import { plainNumber } from '../../alarms/dc09/signal.ts';
import { parseAddress } from '../../config/address.ts';
import type { Dc09Config, PanelConfig } from '../../config/dc09.ts';
import { readPanelKey } from '../../config/panel-key.ts';
import { type Clock, rfc3339 } from '../../core/clock.ts';
import { LiveViewError } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import type { Actor } from '../../journal/record.ts';
import type { AlarmReport } from '../../liveview/alarms.ts';
import type { LiveView } from '../../liveview/liveview.ts';
import type { Certificates } from '../certificates.ts';

/** What only the report of a silent panel has. */
const SILENCE = 'supervisionSeconds';

export interface PanelIntakeOptions {
  readonly config: Dc09Config;
  readonly clock: Clock;
  readonly log: Logger;
  readonly liveview: Pick<LiveView, 'raise' | 'raiseTogether' | 'alarms'>;
  readonly certificates: Pick<Certificates, 'source'>;
}

/**
 * The receiver of the configured panels, whose reports become alarms.
 *
 * @throws LiveViewError `secret-missing`, `secret-unusable`, and those of certificates.
 */
export function panelReceiver(options: PanelIntakeOptions): Dc09Receiver {
  const { config, clock, log, liveview, certificates } = options;
  return new Dc09Receiver({
    clock,
    log: log.child({ part: 'dc09' }),
    accounts: panelAccounts(config),
    ...endpoints(config, certificates),
    onReports: (reports, origin) => {
      const told = reports.map((report) => {
        return { actor: actorOf(report, origin), report: alarmOf(report) };
      });
      // Of one panel there may be several of one thing; of several panels, each is of its own.
      if (!origin) liveview.raiseTogether(told);
      else for (const { actor, report } of told) liveview.raise(actor, report);
    },
    silent: () => silentPanels(liveview),
  });
}

/** @throws LiveViewError `secret-missing`, `secret-unusable`. */
export function panelAccounts({ accounts }: Pick<Dc09Config, 'accounts'>): PanelAccounts {
  const panels = Object.entries(accounts).map(([number, written]) =>
    panelOf(number.toUpperCase(), written),
  );
  return new Map(panels.map((panel) => [panel.number, panel]));
}

function panelOf(number: string, written: string | PanelConfig): PanelAccount {
  if (typeof written === 'string') {
    const byDefault = { takesPlain: false, timeCheck: 'encrypted' } as const;
    return { number, site: written, ...byDefault, zones: new Map() };
  }
  const { site, key, unencrypted, timestamps, supervisionSeconds, cameras, zones } = written;
  return {
    ...{ number, site, takesPlain: unencrypted, timeCheck: timestamps },
    ...(key ? { key: readPanelKey(key) } : {}),
    ...(supervisionSeconds === undefined ? {} : { supervisionMs: supervisionSeconds * 1_000 }),
    ...(cameras ? { cameras } : {}),
    zones: new Map(
      Object.entries(zones).map(([zone, { name, cameras: seenBy }]): [string, PanelZone] => [
        plainNumber(zone) ?? '0',
        { ...(name === undefined ? {} : { name }), ...(seenBy ? { cameras: seenBy } : {}) },
      ]),
    ),
  };
}

/** Without an address of its own, TLS takes the one that there is. */
function endpoints(
  { listen, transport = 'both', tls }: Dc09Config,
  certificates: PanelIntakeOptions['certificates'],
) {
  const plain = tls && tls.listen === undefined ? undefined : listen;
  const tlsAddress = tls?.listen ?? listen;
  return {
    ...(plain !== undefined && transport !== 'udp' ? { tcp: endpoint(plain) } : {}),
    ...(plain !== undefined && transport !== 'tcp' ? { udp: endpoint(plain) } : {}),
    ...(tls && tlsAddress !== undefined
      ? { tls: { ...endpoint(tlsAddress), source: certificates.source('alarms.dc09', tls) } }
      : {}),
  };
}

function endpoint(listen: string): Endpoint {
  const address = parseAddress(listen);
  if (address) return address;
  throw new LiveViewError('bad-address', `${listen} is not address:port`);
}

function actorOf({ account }: PanelReport, origin: Origin | undefined): Actor {
  const user = `panel ${account}`;
  return { user, role: 'source', ...(origin ? { address: origin.address } : {}) };
}

function alarmOf(report: PanelReport): AlarmReport {
  const { account, occurredUnixMs, ...told } = report;
  return {
    source: { type: 'dc09', id: account },
    ...told,
    ...(occurredUnixMs === undefined ? {} : { occurredAt: rfc3339(occurredUnixMs * 1_000) }),
  };
}

/** Panels of which it is still said that they are silent. */
function silentPanels(liveview: Pick<LiveView, 'alarms'>): Set<string> {
  const open = liveview
    .alarms()
    .filter(
      ({ source, state, details, restoredAt }) =>
        source.type === 'dc09' &&
        state === 'open' &&
        restoredAt === undefined &&
        details[SILENCE] !== undefined,
    );
  return new Set(open.map(({ source }) => source.id));
}
