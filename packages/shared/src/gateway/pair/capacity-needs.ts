/** What a host of each role needs for so much mail, and how much of it one host can carry alone. Pure. */
import type { Measured, RoleMeasure } from './measured.ts';
import { costOf, meanBytes, type SizeMix } from './size-mix.ts';
import { roleNames, type RoleName } from '../../platform/values/role-name.ts';

export interface Mail {
  /** From the internet. */
  readonly messagesPerDay: number;
  /** Of submitters. */
  readonly submissionsPerDay: number;
  /** How much more comes in the busiest second than on average. */
  readonly peak: number;
  readonly mix: SizeMix;
}

export interface SiteRules {
  /** Load that a gateway takes by itself (load.budget). */
  readonly budget: number;
  /** Mail that waits on disk while local servers or next hops are away. */
  readonly outageDays: number;
  /** Memory that workers share (limits.memoryForMessages). */
  readonly sharedMemoryBytes: number;
  /** Disk besides the queue: records, quarantine and queue.minFree. */
  readonly otherDiskBytes: number;
}

export interface Needs {
  readonly peakPerSecond: number;
  readonly cores: number;
  readonly workers: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

const SECONDS_PER_DAY = 86_400;
/** An entry on disk is more than its message. */
const ENTRY_BYTES = 4 * 1024;

const perDayOf = (role: RoleName, { messagesPerDay, submissionsPerDay }: Mail): number =>
  role === 'inbound' ? messagesPerDay : submissionsPerDay;

const peakOf = (role: RoleName, mail: Mail): number => (perDayOf(role, mail) / SECONDS_PER_DAY) * mail.peak;

export function needsOf(role: RoleName, measure: RoleMeasure, mail: Mail, rules: SiteRules): Needs {
  const peakPerSecond = peakOf(role, mail);
  const cores = (peakPerSecond * costOf(measure, mail.mix)) / rules.budget;
  const workers = Math.max(1, Math.ceil(cores));
  return {
    peakPerSecond,
    cores,
    workers,
    memoryBytes: workers * measure.memoryBytes + rules.sharedMemoryBytes,
    diskBytes:
      perDayOf(role, mail) * rules.outageDays * (meanBytes(mail.mix) + ENTRY_BYTES) + rules.otherDiskBytes,
  };
}

/**
 * The part of the mail of both roles at its peak that one host carries while the other is away, 0 to 1.
 * @param cores those that it has, of the speed of the measured ones
 */
export function aloneShare(cores: number, measured: Measured, mail: Mail, { budget }: SiteRules): number {
  const needed = roleNames.reduce(
    (sum, role) => sum + peakOf(role, mail) * costOf(measured[role], mail.mix),
    0,
  );
  return needed === 0 ? 1 : Math.min(1, (cores * budget) / needed);
}

/** The cores of a host that says how many messages a second it takes in its role, as if they were those measured here. */
export const coresOf = (messagesPerSecond: number, { secondsPerMessage }: RoleMeasure): number =>
  messagesPerSecond * secondsPerMessage;
