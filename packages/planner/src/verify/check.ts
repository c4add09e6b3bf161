/** The input and output of a check. */
import type { RecordSet, RecordType } from '@mailpair/shared/dns-records/records';
import type { DnsPlan } from '../dns-plan.ts';
import type { Finding } from './finding.ts';
import type { World } from './world.ts';
import type { RoleName } from '@mailpair/shared/platform/values/role-name';

export interface Given {
  readonly plan: DnsPlan;
  readonly domains: readonly string[];
  /** The role of an MX host. */
  readonly roleOf: (host: string) => RoleName;
  /** The names with which the machines behind an MX host greet, including its own. */
  readonly namesOf: (host: string) => readonly string[];
  readonly world: World;
  /** Names of the records of DKIM keys that do not sign yet. */
  readonly waitingKeys: ReadonlySet<string>;
  /** Names whose addresses `balancer dns-rr` chooses; at any time it publishes some of the planned ones. */
  readonly balanced: readonly string[];
  /** ms since the epoch. */
  readonly now: number;
  /** The maximum TTL in seconds before a planned change of addresses; null if none is planned. */
  readonly moveTtl: number | null;
  /** Whether to connect to the gateways and to fetch the policy; if false, only DNS is checked. */
  readonly asksGateways: boolean;
}

/** Reads observations through `given.world`, and is run again when more of them are known. Pure. */
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
