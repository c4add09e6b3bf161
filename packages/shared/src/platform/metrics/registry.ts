/** Counters and gauges for whoever has something to show: each subject makes its own. The only way to prom-client besides this folder. */
import { Counter, Gauge, type Aggregator, type Registry } from 'prom-client';

/** What a metric is called in full, what it says, and the names of its labels. */
export interface MetricOf<L extends string> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly L[];
}

export interface GaugeOf<L extends string> extends MetricOf<L> {
  /** What the gauges of several workers make together. */
  readonly ofWorkers: Aggregator;
}

export type Labels<L extends string> = Readonly<Record<L, string>>;

export interface MetricsRegistry {
  /** Counts one more, or as many as are given. */
  counter<L extends string>(of: MetricOf<L>): (labels: Labels<L>, by?: number) => void;
  /** Reads all its values each time it is asked for; what is not among them is gone. */
  gauge<L extends string>(of: GaugeOf<L>, read: () => Iterable<readonly [Labels<L>, number]>): void;
}

export const metricsRegistry = (registry: Registry): MetricsRegistry => ({
  counter({ name, help, labels }) {
    const counter = new Counter({ name, help, labelNames: [...labels], registers: [registry] });
    return (values, by = 1) => counter.inc(values, by);
  },
  gauge({ name, help, labels, ofWorkers }, read) {
    new Gauge({
      name,
      help,
      labelNames: [...labels],
      registers: [registry],
      aggregator: ofWorkers,
      collect() {
        this.reset();
        for (const [values, value] of read()) this.set(values, value);
      },
    });
  },
});
