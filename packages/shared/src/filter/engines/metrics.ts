/** What is counted of engines, and whether each server is asked. */
import type { MetricsRegistry } from '../../platform/metrics/registry.ts';
import type { EngineParts, EngineState } from './engine-servers.ts';

/** @returns what counts a message that a server was asked about */
export function engineMetrics(
  metrics: MetricsRegistry,
  states: () => readonly Pick<EngineState, 'engine' | 'server' | 'standing'>[],
): EngineParts['counted'] {
  const answers = metrics.counter({
    name: 'mailpair_engine_answers_total',
    help: 'Messages that a server of an engine was asked about, by result: answered or failed',
    labels: ['engine', 'server', 'result'],
  });
  const seconds = metrics.counter({
    name: 'mailpair_engine_seconds_total',
    help: 'Time that these took, together',
    labels: ['engine', 'server'],
  });
  metrics.gauge(
    {
      name: 'mailpair_engine_up',
      help: '1 while a server of an engine is asked, 0 while it is down',
      labels: ['engine', 'server'],
      ofWorkers: 'min',
    },
    () => states().map(({ engine, server, standing }) => [{ engine, server }, Number(standing === 'up')]),
  );
  return (engine, server, result, ms) => {
    answers({ engine, server, result });
    seconds({ engine, server }, ms / 1000);
  };
}
