/** What is counted of lists in DNS, and whether each is asked. */
import type { MetricsRegistry } from '../../platform/metrics/registry.ts';
import type { ListState, WatchParts } from './watched-list.ts';

/** @returns what counts an answer */
export function listMetrics(
  metrics: MetricsRegistry,
  states: () => readonly Pick<ListState, 'name' | 'standing'>[],
): WatchParts['counted'] {
  const answers = metrics.counter({
    name: 'mailpair_list_answers_total',
    help: 'Answers of lists in DNS, by list: listed, clear, silent, or off while it is switched off',
    labels: ['list', 'result'],
  });
  metrics.gauge(
    {
      name: 'mailpair_list_up',
      help: '1 while a list in DNS is asked, 0 while it is switched off, silent or not yet tested',
      labels: ['list'],
      ofWorkers: 'min',
    },
    () => states().map(({ name, standing }) => [{ list: name }, Number(standing === 'sound')]),
  );
  return (list, result) => answers({ list, result });
}
