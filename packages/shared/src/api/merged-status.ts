/** The status of several workers as that of one gateway. What they all know alike is said by the first. Pure. */
import { sumOf } from './merged.ts';
import { mergeDns, mergeLocalServers } from './merged-servers.ts';
import type { GatewayStatus } from './queue-control.ts';

export function mergeStatus(all: readonly GatewayStatus[]): GatewayStatus {
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
