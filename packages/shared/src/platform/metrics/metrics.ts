/**
 * What /metrics shows, by prom-client. What is counted for every message is a tally, gauges are read when asked for.
 */
import { Registry, collectDefaultMetrics } from 'prom-client';
import { clientMetrics, type ClientMetrics } from './clients.ts';
import { watchGateway, type Gauges } from './gateway.ts';
import { mailMetrics, type MailMetrics } from './mail.ts';
import { neededServerMetrics, type NeededServerMetrics } from './needed-servers.ts';
import { partnerMetrics, type PartnerMetrics } from './partners.ts';
import { signInMetrics, type SignInMetrics } from './sign-ins.ts';
import { metricsRegistry, type MetricsRegistry } from './registry.ts';
import { sumMetrics, type MetricsOfWorker } from './sum.ts';
import { signingMetrics, type SigningMetrics } from './signing.ts';

export interface Metrics
  extends
    MetricsRegistry,
    ClientMetrics,
    MailMetrics,
    PartnerMetrics,
    NeededServerMetrics,
    SigningMetrics,
    SignInMetrics {
  watch(gauges: Gauges): void;
  /** Together with those of other workers. */
  render(others?: readonly MetricsOfWorker[]): Promise<string>;
  json(): Promise<MetricsOfWorker>;
  readonly contentType: string;
}

export function createMetrics(role: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ role });
  collectDefaultMetrics({ register: registry });
  removeSums(registry);
  const registers = [registry];
  return {
    ...metricsRegistry(registry),
    ...clientMetrics(registers),
    ...mailMetrics(registry),
    ...partnerMetrics(registers),
    ...neededServerMetrics(registers),
    ...signingMetrics(registers),
    ...signInMetrics(registers),
    watch: (gauges) => watchGateway(registers, gauges),
    render: async (others = []) =>
      others.length === 0 ? registry.metrics() : sumMetrics([await registry.getMetricsAsJSON(), ...others]),
    json: () => registry.getMetricsAsJSON(),
    contentType: registry.contentType,
  };
}

/** prom-client adds up some gauges by type in another one, whose name belongs to a counter. A query adds them up as well. */
function removeSums(registry: Registry): void {
  for (const { name } of registry.getMetricsAsArray())
    if (/^nodejs_active_\w+_total$/.test(name)) registry.removeSingleMetric(name);
}
