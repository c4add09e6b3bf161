/** Our classifier, taught one half of the corpus and asked about the other, through the reader that gateways use. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exampleOf } from '@mailpair/shared/filter/bayes/example';
import { openBayes, type Bayes, type BayesStatus } from '@mailpair/shared/filter/bayes/open-bayes';
import { tokensOf } from '@mailpair/shared/filter/bayes/tokens';
import { readContent } from '@mailpair/shared/filter/content/read-content';
import type { Halves } from './corpus.ts';
import type { Scored } from './quality.ts';

export interface Ours {
  readonly status: BayesStatus;
  /** By the probability of spam. */
  readonly scored: readonly Scored[];
  /** Octets of the messages that were asked about. */
  readonly bytes: number;
  /** CPU of this process to teach all, to read those that were asked about, and to classify what was read. */
  readonly teachMs: number;
  readonly readMs: number;
  readonly classifyMs: number;
}

const rules = { maxTokens: 1_000_000, halfLifeMs: 180 * 86_400_000, minimum: 200 };

export async function askOurs({ training, test }: Halves): Promise<Ours> {
  const directory = mkdtempSync(join(tmpdir(), 'mailpair-classifier-'));
  const open = (): Bayes =>
    openBayes({
      directory,
      rules: () => rules,
      now: () => Date.now(),
      onFault: (error) => {
        throw error;
      },
    });
  try {
    const taught = open();
    const begun = process.cpuUsage();
    for (const { spam, octets } of training)
      taught.learn(exampleOf(readContent(octets), spam ? 'spam' : 'ham', Date.now()));
    await taught.close();
    const teachMs = since(begun);
    const asked = open();
    const answers = ask(asked, test);
    const status = asked.status();
    await asked.close();
    return { ...answers, status, teachMs };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function ask(bayes: Bayes, test: Halves['test']): Omit<Ours, 'status' | 'teachMs'> {
  const begun = process.cpuUsage();
  const contents = test.map(({ octets }) => readContent(octets));
  const readMs = since(begun);
  const asked = process.cpuUsage();
  const answers = contents.map((content) => bayes.classify(tokensOf(content)));
  const classifyMs = since(asked);
  const scored = answers.map((facts, n) => {
    if (!facts) throw new Error(`it does not judge: ${bayes.status().why}`);
    return { spam: test[n]!.spam, score: facts.spam };
  });
  return { scored, bytes: test.reduce((sum, { octets }) => sum + octets.length, 0), readMs, classifyMs };
}

function since(begun: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1000;
}
