/** What a check is given, and gives. */
import type { RecordSet, RecordType } from '@mailpair/shared/dns-records/records';
import type { DnsPlan } from '../dns-plan.ts';
import type { Finding } from './finding.ts';
import type { World } from './world.ts';
import type { RoleName } from '@mailpair/shared/platform/values/role-name';

export interface Given {
  readonly plan: DnsPlan;
  readonly domains: readonly string[];
  /** Which gateway an MX host is. */
  readonly roleOf: (host: string) => RoleName;
  /** The names by which the machines behind an MX host greet, its own among them. */
  readonly namesOf: (host: string) => readonly string[];
  readonly world: World;
  /** Names of the records of DKIM keys that do not sign yet. */
  readonly waitingKeys: ReadonlySet<string>;
  /** Names of which `balancer dns-rr` chooses the addresses, some of the planned ones at a time. */
  readonly balanced: readonly string[];
  /** ms since the epoch. */
  readonly now: number;
  /** A move to other addresses is planned: the longest time to live then, in seconds; null when none is. */
  readonly moveTtl: number | null;
  /** Whether to knock at the gateways and fetch the policy, or leave it at DNS. */
  readonly asksGateways: boolean;
}

/** Looks at the whole world through `given.world`, and is run again whenever more of it is known. Pure. */
export type Check = (given: Given) => Finding[];

export const plannedRecords = ({ zones, elsewhere }: DnsPlan): RecordSet[] => [
  ...zones.flatMap(({ records }) => records),
  ...elsewhere,
];

type SetOf<T extends RecordType> = RecordSet & { readonly type: T };

export const plannedOf = <T extends RecordType>(plan: DnsPlan, type: T): SetOf<T>[] =>
  plannedRecords(plan).filter((set): set is SetOf<T> => set.type === type);

export const plannedSet = <T extends RecordType>(
  plan: DnsPlan,
  name: string,
  type: T,
): SetOf<T> | undefined => plannedOf(plan, type).find((set) => set.name === name);

/** The planned addresses of a host. */
export const plannedAddresses = (plan: DnsPlan, host: string): string[] => [
  ...(plannedSet(plan, host, 'A')?.values ?? []),
  ...(plannedSet(plan, host, 'AAAA')?.values ?? []),
];
