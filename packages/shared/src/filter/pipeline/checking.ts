/** What is learnt and what is checked, as configured now: the subjects of the registry, opened. */
import type { Settings } from '../../config/settings.ts';
import { bayes } from '../bayes/subject.ts';
import type { Learning } from '../bayes/learning.ts';
import { openContents } from '../content/open-contents.ts';
import type { Check } from '../contract/check.ts';
import type { Learner } from '../contract/learner.ts';
import type { OpenSubject, Subject, SubjectParts } from '../contract/subject.ts';
import { dnsLists } from '../dns-lists/subject.ts';
import type { ListState } from '../dns-lists/watched-list.ts';
import type { EngineState } from '../engines/engine-servers.ts';
import { engines } from '../engines/subject.ts';
import { policiesOf } from '../policies/policies.ts';
import type { Policy } from '../policies/policy.ts';
import type { Learnable } from './facts.ts';
import type { Judged } from './judging.ts';
import { judgingStateOf, type JudgingState } from './judging-state.ts';
import { checksOf, subjects } from './registry.ts';

export type CheckingParts = Omit<SubjectParts, 'contentOf' | 'patience'>;

export interface Checking {
  learners(): readonly Learner<Learnable>[];
  checks(): readonly Check<Learnable>[];
  policyOf(recipient: string): Policy;
  /** How the lists in DNS are. */
  lists(): readonly ListState[];
  /** Told of every judgement of a message. */
  judged(judged: Judged): void;
  /** How the servers of the engines are. */
  engines(): readonly EngineState[];
  /** The classifier. */
  readonly learning: Learning;
  /** Which checks are on. */
  judging(): JudgingState;
  /** After the settings changed. */
  reload(): void;
  close(): Promise<void>;
}

/** A look-up that lasts longer than this part of the time for RCPT is given up by itself, so that the others count. */
const PATIENCE = 0.8;
/** CPU time that reading one message may take, as a part of the time for it: some others may be read before it. */
const CPU_SHARE = 0.15;

/** @throws when a directory cannot be used */
export async function openChecking(parts: CheckingParts): Promise<Checking> {
  const { settings } = parts;
  const patience = {
    rcptMs: () => settings().judge.rcptBudgetMs * PATIENCE,
    messageMs: () => settings().judge.messageBudgetMs * PATIENCE,
  };
  const contents = openContents(() => ({
    timeoutMs: patience.messageMs(),
    cpuMs: settings().judge.messageBudgetMs * CPU_SHARE,
    depth: settings().attachments.depth,
    bytes: settings().attachments.unpackBytes,
  }));
  const opened = openAll({ ...parts, contentOf: contents.contentOf, patience });
  const all = [...opened.values()];
  /** What a subject of the registry was opened as. */
  const of = <O>(subject: { open(parts: SubjectParts): O }): O => opened.get(subject) as O;
  const configure = (now: Settings) => ({
    learners: all.flatMap((subject) => subject.configure(now)),
    checks: checksOf(now),
    policyOf: policiesOf(now),
  });
  let current = configure(settings());
  return {
    learners: () => current.learners,
    checks: () => current.checks,
    policyOf: (recipient) => current.policyOf(recipient),
    lists: of(dnsLists).states,
    judged(judged) {
      for (const subject of all) subject.judged?.(judged);
    },
    engines: of(engines).states,
    judging: () => judgingStateOf(settings(), current.learners, current.checks),
    learning: of(bayes).learning,
    reload: () => void (current = configure(settings())),
    async close() {
      for (const subject of all) await subject.close?.();
      await contents.close();
    },
  };
}

/** In the order of the registry, by what each is in it. */
function openAll(parts: SubjectParts): ReadonlyMap<object, OpenSubject<Learnable>> {
  const opened = new Map<Subject<Learnable>, OpenSubject<Learnable>>();
  for (const subject of subjects) if (subject.open) opened.set(subject, subject.open(parts));
  return opened;
}
