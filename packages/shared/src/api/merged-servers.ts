/**
 * What several workers know of the local servers and of DNS, as one: each has made attempts of its own, and the newest evidence
 * counts. Pure.
 */
import type { LocalServerState } from '../smtp/route/local-server-state.ts';
import type { DnsState } from '../platform/dns/dns-watch.ts';
import { mostOf, sumOf } from './merged.ts';

/** Of each server, what the worker says that had word of it last; down when one has it down and it answered none since. */
export function mergeLocalServers(all: readonly LocalServerState[]): LocalServerState[] {
  const byServer = Map.groupBy(all, ({ host, port }) => `${host}:${port}`);
  return [...byServer.values()].map(mergeServer);
}

function mergeServer(states: readonly LocalServerState[]): LocalServerState {
  const answeredAt = latest(states, ({ answeredAt }) => answeredAt);
  const failedAt = latest(states, ({ failedAt }) => failedAt);
  const takenAt = latest(states, ({ takenAt }) => takenAt);
  const isOver = (state: LocalServerState): boolean => (state.failedAt ?? 0) < (answeredAt ?? 0);
  const down = states.filter(({ probeAt }) => probeAt !== undefined).filter((state) => !isOver(state));
  const { refusal: _own, ...newest } = newestOf(down.length > 0 ? down : states);
  const refusals = states.map(({ refusal }) => refusal).filter((refusal) => refusal !== undefined);
  const refusal = refusals.toSorted((a, b) => b.at - a.at)[0];
  const endedAt = (refusal?.to === 'session' ? answeredAt : takenAt) ?? -Infinity;
  return {
    ...newest,
    outstanding: sumOf(states, ({ outstanding }) => outstanding),
    ...(answeredAt !== undefined && { answeredAt }),
    ...(failedAt !== undefined && { failedAt }),
    ...(takenAt !== undefined && { takenAt }),
    ...(refusal && refusal.at >= endedAt && { refusal }),
  };
}

export function mergeDns(states: readonly DnsState[]): DnsState {
  const answeredAt = latest(states, ({ answeredAt }) => answeredAt);
  const failedAt = latest(states, ({ failedAt }) => failedAt);
  return {
    ...newestOf(states),
    ...(answeredAt !== undefined && { answeredAt }),
    ...(failedAt !== undefined && { failedAt }),
  };
}

interface Seen {
  readonly answeredAt?: number;
  readonly failedAt?: number;
}

const seenAt = ({ answeredAt = -Infinity, failedAt = -Infinity }: Seen): number =>
  Math.max(answeredAt, failedAt);

const newestOf = <S extends Seen>(states: readonly S[]): S =>
  states.reduce((newest, state) => (seenAt(state) > seenAt(newest) ? state : newest));

const latest = <S>(states: readonly S[], of: (state: S) => number | undefined): number | undefined =>
  mostOf(states.map((state) => of(state) ?? null)) ?? undefined;
