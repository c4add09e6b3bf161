/**
 * The metrics of several workers as those of one gateway: each metric says itself (prom-client's `aggregator`) whether it is
 * added up, or which of them counts.
 */
import { AggregatorRegistry, type Registry } from 'prom-client';

/** As JSON. */
export type MetricsOfWorker = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;

/** In the text form of Prometheus. */
export const sumMetrics = (all: readonly MetricsOfWorker[]): Promise<string> =>
  AggregatorRegistry.aggregate([...all]).metrics();
