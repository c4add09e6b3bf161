/**
 * What a subject of the filter exports, in its `subject.ts`: what it checks and what it learns, each by the settings. The registry
 * has a line for each.
 */
import type { Settings } from '../../config/settings.ts';
import type { UsageFacts } from '../../directory/submitters/usage-facts.ts';
import type { Resolver } from '../../platform/dns/resolver.ts';
import type { Log } from '../../platform/log/log.ts';
import type { MetricsRegistry } from '../../platform/metrics/registry.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { Topics } from '../../platform/topics.ts';
import type { Body } from '../../platform/values/body.ts';
import type { Content } from '../../platform/values/content.ts';
import type { Session } from '../../platform/values/session.ts';
import type { Submitting } from '../../platform/values/submitter.ts';
import type { Check } from './check.ts';
import type { Judged } from './judged.ts';
import type { Learner } from './learner.ts';

/** `L` names what its checks and learners read of what was learnt. */
export interface Subject<L = object> {
  /** Pure, so that what was learnt once can be judged again by other settings. */
  checks(settings: Settings): readonly Check<L>[];
  /** Absent where nothing is learnt. @throws when what it keeps cannot be opened */
  open?(parts: SubjectParts): OpenSubject<L>;
}

export interface OpenSubject<L = object> {
  /** Takes over the settings, at the start and when they changed; returns what is learnt by them. */
  configure(settings: Settings): readonly Learner<L>[];
  /** Told of every judgement of a message. */
  judged?(judged: Judged<L>): void;
  close?(): Promise<void> | void;
}

/** What a subject is opened with. */
export interface SubjectParts {
  settings(): Settings;
  /** Our host name. */
  readonly host: string;
  /** A directory of the spool's, where what is learnt may be kept over restarts. */
  readonly directory: string;
  readonly resolver: Resolver;
  /** What a password file holds. */
  passwordIn(file: string): string;
  /** Without it another process has the directory open: nothing is learnt that is kept. */
  readonly topics?: Topics;
  /** False where another worker keeps it, and this one learns with it. */
  readonly keeps?: boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: MetricsRegistry;
  /** Counts a message of a submitter; absent where mail is only looked at. */
  readonly charge?: Charge;
  /** The content of a message, read once whoever asks. */
  contentOf(body: Body, sender: Pick<Session, 'client' | 'trusted'>): Content | Promise<Content>;
  /** How long a look-up may last before it is given up by itself, so that the others count. */
  readonly patience: { rcptMs(): number; messageMs(): number };
}

/** @returns what the submitter has sent, this message included */
export type Charge = (sender: Submitting, recipients: number) => UsageFacts;
