import { Counter, Gauge, type Registry } from 'prom-client';
import type { Dc09Receiver } from '../../alarms/dc09/receiver.ts';

/** What `/metrics` says of alarm panels; read when it is asked. */
export function registerPanelFigures(
  registry: Registry,
  panels: Pick<Dc09Receiver, 'counts' | 'silent'>,
): void {
  new Counter({
    name: 'liveview_panel_messages_total',
    help: 'Messages of alarm panels, by what became of them; repeated ones are acknowledged, too',
    labelNames: ['outcome'],
    registers: [registry],
    collect() {
      const { activities: _, ...outcomes } = panels.counts;
      this.reset();
      for (const [outcome, count] of Object.entries(outcomes)) this.inc({ outcome }, count);
    },
  });
  new Counter({
    name: 'liveview_panel_activities_total',
    help: 'Openings, closings, tests and other events of panels that are no alarm',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(panels.counts.activities);
    },
  });
  new Gauge({
    name: 'liveview_silent_panels',
    help: 'Supervised panels that are silent now',
    registers: [registry],
    collect() {
      this.set(panels.silent);
    },
  });
}
