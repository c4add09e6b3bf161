/** Formats the report of `mailpair capacity` as JSON and as text. Pure. */
import { messagesPerSecond, type Host } from '@mailpair/shared/gateway/pair/capacity';
import {
  aloneShare,
  coresOf,
  needsOf,
  type Mail,
  type Needs,
  type SiteRules,
} from '@mailpair/shared/gateway/pair/capacity-needs';
import type { Measured, RoleMeasure } from '@mailpair/shared/gateway/pair/measured';
import type { Settings } from '@mailpair/shared/config/settings';
import { workersOf } from '@mailpair/shared/gateway/workers/slot';
import { roleNames, type RoleName } from '@mailpair/shared/platform/values/role-name';

/** The host of the other role, with its capacity if it reports one. */
export interface OtherHost {
  readonly role: RoleName;
  readonly messagesPerSecond: number;
}

export interface CapacityFacts {
  readonly measured: Measured;
  readonly settings: Settings;
  readonly mail?: Mail;
  readonly other?: OtherHost;
}

interface RoleReport extends RoleMeasure {
  /** The number of workers that the configuration gives the role on this host. */
  readonly workers: number;
  readonly messagesPerSecond: number;
  readonly needs?: Needs;
}

export interface CapacityReport {
  readonly measuredAt: string;
  readonly cores: number;
  readonly inbound: RoleReport;
  readonly outbound: RoleReport;
  /**
   * The share of the peak of both roles that one host can carry while the other is down; null if it is
   * unknown.
   */
  readonly alone?: { readonly thisHost: number; readonly otherHost: number | null };
}

/** The time in days for which mail is stored while the local servers are down. */
const OUTAGE_DAYS = 1;

export function composeCapacity({ measured, settings, mail, other }: CapacityFacts): CapacityReport {
  const { measuredAt, cores } = measured;
  const rules = rulesOf(settings);
  const reportOf = (role: RoleName): RoleReport => {
    const host: Host = {
      cores,
      workers: workersOf(settings[role].workers, Infinity, Math.max(1, Math.floor(cores))),
    };
    return {
      ...measured[role],
      workers: host.workers,
      messagesPerSecond: messagesPerSecond(host, measured[role].secondsPerMessage),
      ...(mail && { needs: needsOf(role, measured[role], mail, rules) }),
    };
  };
  return {
    measuredAt,
    cores,
    inbound: reportOf('inbound'),
    outbound: reportOf('outbound'),
    ...(mail && {
      alone: {
        thisHost: aloneShare(cores, measured, mail, rules),
        otherHost: other
          ? aloneShare(coresOf(other.messagesPerSecond, measured[other.role]), measured, mail, rules)
          : null,
      },
    }),
  };
}

const rulesOf = ({ load, limits, queue, records, quarantine }: Settings): SiteRules => ({
  budget: load.budget,
  outageDays: OUTAGE_DAYS,
  sharedMemoryBytes: limits.memoryForMessagesBytes,
  otherDiskBytes: queue.minFreeBytes + records.maxBytes + quarantine.maxBytes,
});

export function formatCapacity(report: CapacityReport): string {
  const { cores, measuredAt, alone } = report;
  return [
    `measured ${measuredAt.slice(0, 16).replace('T', ' ')} UTC, ${rounded(cores)} ${cores === 1 ? 'core' : 'cores'}`,
    ...roleNames.map((role) => lineOf(role, report[role])),
    ...(alone
      ? ['', ...roleNames.map((role) => needsLine(role, report[role].needs!)), ...aloneLines(alone)]
      : []),
  ].join('\n');
}

const lineOf = (
  role: RoleName,
  { messagesPerSecond, secondsPerMessage, workers, memoryBytes }: RoleReport,
): string =>
  `as ${role}: ${rounded(messagesPerSecond)} messages/s with ${workers} ${workers === 1 ? 'worker' : 'workers'}; ` +
  `${rounded(1_000 * secondsPerMessage)} ms of CPU a message, ${megabytes(memoryBytes)} of memory a worker`;

const needsLine = (
  role: RoleName,
  { peakPerSecond, workers, cores, memoryBytes, diskBytes }: Needs,
): string =>
  `${role} needs: ${workers} ${workers === 1 ? 'worker' : 'workers'} (${rounded(cores)} cores at ${rounded(peakPerSecond)} ` +
  `messages/s), ${megabytes(memoryBytes)} of memory, ${gigabytes(diskBytes)} of disk`;

const aloneLines = ({ thisHost, otherHost }: NonNullable<CapacityReport['alone']>): string[] => [
  `this host alone: ${percent(thisHost)} of the peak of both roles`,
  otherHost === null
    ? 'the other host alone: not known; run "mailpair capacity" there, or name what it takes with --other-per-second'
    : `the other host alone: ${percent(otherHost)} of the peak of both roles`,
];

const rounded = (value: number): string => (value < 10 ? value.toFixed(2) : value.toFixed(0));
const percent = (share: number): string => `${Math.floor(100 * share)} %`;
const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1024 ** 2)} MB`;
const gigabytes = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GB`;
