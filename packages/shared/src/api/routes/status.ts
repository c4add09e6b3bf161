/** How a gateway is, and its queue by next hop. */
import { leastOf } from '../merged.ts';
import { mergeStatus } from '../merged-status.ts';
import type { NextHopTotals } from '../queue-totals.ts';
import { routesOn } from '../route.ts';

const route = routesOn('queue');

export const status = {
  show: route({
    method: 'GET',
    path: '/status',
    about: 'How the gateway is: GatewayStatus.',
    parameters: {},
    run: (queue) => queue.status(),
    join: mergeStatus,
  }),
  nextHops: route({
    method: 'GET',
    path: '/next-hops',
    about: 'The queue added up by next hop: NextHopTotals. Reads the whole queue.',
    parameters: {},
    run: async (queue) => ({ nextHops: await queue.nextHops() }),
    join: (all) => ({ nextHops: mergeTotals(all.flatMap(({ nextHops }) => nextHops)) }),
  }),
};

function mergeTotals(all: readonly NextHopTotals[]): NextHopTotals[] {
  const merged = [...Map.groupBy(all, ({ nextHop }) => nextHop).values()].map((some) =>
    some.reduce(addTotals),
  );
  return merged.sort((a, b) => b.entries - a.entries);
}

const addTotals = (a: NextHopTotals, b: NextHopTotals): NextHopTotals => ({
  nextHop: a.nextHop,
  entries: a.entries + b.entries,
  held: a.held + b.held,
  sizeBytes: a.sizeBytes + b.sizeBytes,
  oldest: a.oldest.id < b.oldest.id ? a.oldest : b.oldest,
  dueAt: leastOf([a.dueAt, b.dueAt]),
  rest: a.rest ?? b.rest,
});
