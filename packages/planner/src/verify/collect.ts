/**
 * Runs the checks, obtains the observations that they request, and repeats this until they request nothing
 * new. Therefore a check states what it looks up only once. The loop ends because every check looks up a
 * bounded number of names.
 */
import type { DnsQuestion } from '@mailpair/shared/platform/dns/dns-exchange';
import type { Given } from './check.ts';
import type { Finding } from './finding.ts';
import { judgeAll } from './judge.ts';
import { doorKey, keyOf, noFacts, viewWorld } from './world.ts';
import type { Answer, Door, DoorQuestion, Facts, PolicyAnswer, PolicyQuestion, Wanted } from './world.ts';

/** The sources of observations. Their methods never reject: a failure is an observation too. */
export interface Sources {
  /** The answer of each server that is queried. */
  ask(question: DnsQuestion): Promise<readonly Answer[]>;
  knock(question: DoorQuestion): Promise<Door>;
  fetchPolicy(question: PolicyQuestion): Promise<PolicyAnswer>;
}

/** A server that could not be queried, and why. */
export interface Unasked {
  readonly who: string;
  readonly why: string;
  /** The questions that remain unanswered because of it. */
  readonly questions: readonly string[];
}

export interface Report {
  readonly findings: readonly Finding[];
  readonly unasked: readonly Unasked[];
}

export async function collect(
  given: Omit<Given, 'world'>,
  sources: Sources,
  progress: (sentence: string) => void = () => undefined,
): Promise<Report> {
  const facts = noFacts();
  for (;;) {
    const { world, wanted } = viewWorld(facts);
    const findings = judgeAll({ ...given, world });
    if (wanted.questions.size + wanted.doors.size + wanted.policies.size === 0)
      return { findings, unasked: unaskedOf(facts) };
    progress(describe(wanted));
    await askAll(wanted, sources, facts);
  }
}

async function askAll(wanted: Wanted, sources: Sources, facts: Facts): Promise<void> {
  await Promise.all([
    ...[...wanted.questions.values()].map(async (question) => {
      facts.answers.set(keyOf(question), { question, answers: await sources.ask(question) });
    }),
    ...[...wanted.doors.values()].map(async (question) => {
      facts.doors.set(doorKey(question), { ...question, door: await sources.knock(question) });
    }),
    ...[...wanted.policies.values()].map(async (question) => {
      facts.policies.set(question.domain, await sources.fetchPolicy(question));
    }),
  ]);
}

function describe({ questions, doors, policies }: Wanted): string {
  const parts = [
    questions.size > 0 ? `DNS about ${numberOf(questions.size, 'thing')}` : '',
    ...[...doors.values()].map(({ host, address }) => `port 25 of ${host} (${address})`),
    ...[...policies.keys()].map((domain) => `the MTA-STS policy of ${domain}`),
  ];
  return `asking ${parts.filter((part) => part !== '').join(', ')} …`;
}

const numberOf = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

function unaskedOf({ answers, doors, policies }: Facts): Unasked[] {
  const byCause = new Map<string, { who: string; why: string; questions: string[] }>();
  const add = (who: string, why: string, question: string): void => {
    const same = byCause.get(`${who} ${why}`);
    if (same) same.questions.push(question);
    else byCause.set(`${who} ${why}`, { who, why, questions: [question] });
  };
  for (const { question, answers: said } of answers.values())
    for (const { server, lookup } of said)
      if (lookup.kind === 'unknown') add(server, lookup.why, `${question.type} ${question.name}`);
  for (const { host, address, door } of doors.values())
    if (door.kind === 'unknown') add(`${host} (${address})`, door.why, 'port 25');
  for (const [domain, answer] of policies)
    if (answer.kind === 'unknown') add(`mta-sts.${domain}`, answer.why, 'the MTA-STS policy');
  return [...byCause.values()];
}
