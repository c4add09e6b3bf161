/** How a gateway is, and its queue by next hop. */
import { leastOf, sumOf } from '../merged.ts';
import { mergeDns, mergeLocalServers } from '../merged-servers.ts';
import type { GatewayStatus } from '../queue-control.ts';
import type { NextHopTotals } from '../queue-totals.ts';
import { routesOn } from '../route.ts';

const route = routesOn('queue');

export const status = {
  show: route({
    method: 'GET',
    path: '/status',
    about: 'How the gateway is: GatewayStatus.',
    run: (queue) => queue.status(),
    join: mergeStatus,
  }),
  nextHops: route({
    method: 'GET',
    path: '/next-hops',
    about: 'The queue added up by next hop: NextHopTotals. Reads the whole queue.',
    run: async (queue) => ({ nextHops: await queue.nextHops() }),
    join: (all) => ({ nextHops: mergeTotals(all.flatMap(({ nextHops }) => nextHops)) }),
  }),
};

/** What all workers know alike is said by the first. */
function mergeStatus(all: readonly GatewayStatus[]): GatewayStatus {
  const [first] = all as readonly [GatewayStatus];
  const signIns = all.map((status) => status.signIns).filter((each) => each !== undefined);
  const dns = all.map((status) => status.dns).filter((each) => each !== undefined);
  const kept = all.map(({ quarantine }) => quarantine).filter((each) => each !== undefined);
  return {
    ...first,
    sessions: sumOf(all, ({ sessions }) => sessions),
    ...(first.running && { workers: all.length }),
    queue: {
      entries: sumOf(all, ({ queue }) => queue.entries),
      active: sumOf(all, ({ queue }) => queue.active),
      damaged: sumOf(all, ({ queue }) => queue.damaged),
      ...(first.running && { due: all.some(({ queue }) => queue.due) }),
    },
    ...(signIns.length > 0 && {
      signIns: { ...signIns[0]!, failedLastHour: sumOf(signIns, (each) => each.failedLastHour) },
    }),
    ...(kept.length > 0 && {
      quarantine: {
        messages: sumOf(kept, ({ messages }) => messages),
        sizeBytes: sumOf(kept, ({ sizeBytes }) => sizeBytes),
      },
    }),
    localServers: mergeLocalServers(all.flatMap(({ localServers }) => localServers)),
    ...(dns.length > 0 && { dns: mergeDns(dns) }),
  };
}

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
