/**
 * Whether a list tells the truth (RFC 5782 §5). One of addresses must list 127.0.0.2 and not 127.0.0.1, for IPv6 clients
 * ::FFFF:7F00:2 and not ::FFFF:7F00:1; one of domains TEST and not INVALID. A family without its test entry is
 * not asked about. Pure, but for the questions.
 */
import { isIPv4 } from 'node:net';
import type { Family } from '../../platform/dns/resolver.ts';
import { reversedLabels } from '../../platform/dns/reverse-name.ts';
import type { List, ListAnswer } from './ask-list.ts';

export type TestResult =
  /** Families of addresses that it knows; empty for domains. */
  | { readonly kind: 'sound'; readonly families: readonly Family[] }
  | { readonly kind: 'lying'; readonly reason: string }
  | { readonly kind: 'doubt'; readonly reason: string };

/** What must be listed, what must not. */
interface Pair {
  readonly family?: Family;
  readonly listed: string;
  readonly unlisted: string;
}

interface Answered {
  readonly pair: Pair;
  readonly listed: ListAnswer;
  readonly unlisted: ListAnswer;
}

export async function testList(
  list: List,
  ask: (labels: string) => Promise<ListAnswer>,
): Promise<TestResult> {
  const answered = await Promise.all(
    pairsOf(list).map(async (pair) => {
      const [listed, unlisted] = await Promise.all([
        ask(labelsOf(pair.listed)),
        ask(labelsOf(pair.unlisted)),
      ]);
      return { pair, listed, unlisted };
    }),
  );
  return judgeTest(answered);
}

function pairsOf({ asks, test }: List): Pair[] {
  if (!asks.includes('client')) return [{ listed: test ?? 'test', unlisted: 'invalid' }];
  const pairs: Pair[] = [
    { family: 4, listed: '127.0.0.2', unlisted: '127.0.0.1' },
    { family: 6, listed: '::ffff:7f00:2', unlisted: '::ffff:7f00:1' },
  ];
  if (test === null) return pairs;
  const family = isIPv4(test) ? 4 : 6;
  return pairs.map((pair) => (pair.family === family ? { ...pair, listed: test } : pair));
}

const labelsOf = (entry: string): string => (/^[\d.]+$|:/.test(entry) ? reversedLabels(entry) : entry);

function judgeTest(answered: readonly Answered[]): TestResult {
  for (const { pair, listed, unlisted } of answered) {
    for (const answer of [listed, unlisted])
      if (answer.kind === 'refused') return { kind: 'lying', reason: answer.reason };
    if (unlisted.kind === 'listed')
      return { kind: 'lying', reason: `lists ${pair.unlisted}, which no list may: it lists the world` };
  }
  const sound = answered.filter(
    ({ listed, unlisted }) => listed.kind === 'listed' && unlisted.kind === 'clear',
  );
  if (sound.length > 0) return { kind: 'sound', families: sound.flatMap(({ pair }) => pair.family ?? []) };
  for (const { listed, unlisted } of answered)
    for (const answer of [listed, unlisted])
      if (answer.kind === 'silent') return { kind: 'doubt', reason: answer.reason };
  const entries = answered.map(({ pair }) => pair.listed).join(' nor ');
  return {
    kind: 'lying',
    reason: `lists neither ${entries}, as it must, with a code of 127.0.0.0/24 or one that is named in codes`,
  };
}
