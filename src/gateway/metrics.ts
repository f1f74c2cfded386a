import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { SqliteJournal } from '../journal/sqlite-journal.ts';
import { isUnderWay } from '../liveview/incident-machine.ts';
import type { LiveView } from '../liveview/liveview.ts';
import type { Hub } from '../video/hub/hub.ts';
import type { Encoders } from '../video/transcode/encoders.ts';

/** What `/metrics` says of video and incidents; read when it is asked, so that it costs nothing between. */
export function createMetrics(
  hub: Hub,
  liveview: LiveView,
  encoders: Encoders,
  journal: SqliteJournal,
): Registry {
  const registry = new Registry();
  registerJournal(registry, journal);
  collectDefaultMetrics({ register: registry });
  const labelNames = ['camera', 'quality'] as const;
  const perChannel = (
    name: string,
    help: string,
    value: (channel: ReturnType<Hub['status']>[number]) => number,
  ) =>
    new Gauge({
      name: `liveview_channel_${name}`,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset();
        for (const channel of hub.status()) {
          const { camera, quality } = channel;
          this.set({ camera, quality }, value(channel));
        }
      },
    });
  perChannel('viewers', 'Viewers of a camera now', (channel) => channel.viewers);
  perChannel('pictures', 'Pictures since the channel was opened', (channel) => channel.pictures);
  perChannel('bytes', 'Bytes since the channel was opened', (channel) => channel.bytes);
  perChannel('dropped', 'Pictures that viewers missed', (channel) => channel.dropped);
  new Gauge({
    name: 'liveview_open_incidents',
    help: 'Incidents that are open now',
    registers: [registry],
    collect() {
      this.set(liveview.incidents().filter(isUnderWay).length);
    },
  });
  new Gauge({
    name: 'liveview_encoders_in_use',
    help: 'Pictures that are being made now, by what encodes them',
    labelNames: ['encoder'],
    registers: [registry],
    collect() {
      this.reset();
      this.set({ encoder: encoders.chosen.kind }, encoders.inUse);
    },
  });
  new Gauge({
    name: 'liveview_encoders_most',
    help: 'Pictures that may be made at the same time (transcode.maxEncoders)',
    registers: [registry],
    collect() {
      this.set(encoders.max);
    },
  });
  new Gauge({
    name: 'liveview_encoder_fallback',
    help: '1 when the encoder that was asked for does not work and software has taken its place',
    registers: [registry],
    collect() {
      this.set(encoders.problem === undefined ? 0 : 1);
    },
  });
  return registry;
}

function registerJournal(registry: Registry, journal: SqliteJournal): void {
  const yesOrNo = (name: string, help: string, isSo: () => boolean) =>
    new Gauge({
      name: `liveview_journal_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(isSo() ? 1 : 0);
      },
    });
  yesOrNo(
    'recording',
    '0 while nothing can be recorded, and thus nothing shared or moved',
    () => journal.healthy,
  );
  yesOrNo(
    'signing',
    '0 while the journal cannot be signed',
    () => journal.signingProblem === undefined,
  );
}
