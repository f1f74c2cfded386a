import type { Metric, MetricConfiguration } from 'prom-client';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Side } from '../access/caller.ts';

/** The figures of one listener. */
export interface ServerMetrics {
  readonly sockets: Gauge.Internal<string>;
  readonly viewers: Gauge.Internal<string>;
  readonly mediaBytes: Counter.Internal;
  readonly dropped: Counter.Internal;
  readonly refusals: Counter.Internal;
  readonly latency: Histogram.Internal<string>;
}

/** Both listeners report into one registry, told apart by the label `side`. */
export function serverMetrics(registry: Registry = new Registry(), side: Side): ServerMetrics {
  const labels = { side };
  const once = <M extends Metric>(name: string, make: () => M): M =>
    (registry.getSingleMetric(name) as M | undefined) ?? make();
  const settings = (name: string, help: string): MetricConfiguration<'side'> => ({
    name,
    help,
    labelNames: ['side'],
    registers: [registry],
  });
  const gauge = (name: string, help: string) =>
    fromZero(once(name, () => new Gauge(settings(name, help))).labels(labels));
  const counter = (name: string, help: string) =>
    fromZero(once(name, () => new Counter(settings(name, help))).labels(labels));
  const latency = settings('liveview_viewer_latency_seconds', 'Delay that viewers measured.');
  const buckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
  return {
    sockets: gauge('liveview_sockets', 'Open WebSocket connections.'),
    viewers: gauge('liveview_viewers', 'Cameras being watched, counted once a viewer.'),
    mediaBytes: counter('liveview_media_bytes_total', 'Bytes of media handed to viewers.'),
    dropped: counter('liveview_dropped_pictures_total', 'Pictures that slow viewers missed.'),
    refusals: counter('liveview_refusals_total', 'Requests and upgrades that were refused.'),
    latency: once(latency.name, () => new Histogram({ ...latency, buckets })).labels(labels),
  };
}

/** A figure that is 0 is said; one that is missing looks like a fault. */
function fromZero<F extends { inc(value: number): void }>(figure: F): F {
  figure.inc(0);
  return figure;
}
