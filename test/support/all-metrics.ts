/** The metrics of a gateway with every gauge watched: prom-client knows them from then on. */
import { listMetrics } from '@mailpair/shared/filter/dns-lists/metrics';
import { engineMetrics } from '@mailpair/shared/filter/engines/metrics';
import { createMetrics, type Metrics } from '@mailpair/shared/platform/metrics/metrics';

export function allMetrics(): Metrics {
  const metrics = createMetrics('inbound');
  const none = (): never[] => [];
  metrics.watchBans(() => 0);
  metrics.watchSenders(() => ({ moves: 0, waits: 0 }));
  metrics.watchKnown(() => ({ new: 0, long: 0 }));
  metrics.watchPartners(none);
  listMetrics(metrics, none);
  engineMetrics(metrics, none);
  metrics.watchSigning(none);
  metrics.watchKeys(none);
  metrics.watchHashes(() => ({ running: 0, most: 0, waiting: 0 }));
  const zero = (): number => 0;
  metrics.watch({
    ...{ sessions: zero, queueEntries: zero, oldestDueSeconds: zero, attemptsActive: zero },
    ...{ spoolFreeBytes: zero, submittersHeld: zero, quarantineMessages: zero, quarantineBytes: zero },
    load: () => ({ value: 0, parts: {} }),
    messagesPerSecond: zero,
    isShut: () => false,
    isDrained: () => false,
    certificateExpiresAt: zero,
  });
  return metrics;
}
