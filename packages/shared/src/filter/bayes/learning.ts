/**
 * facts → pair: what this gateway learns of spam and ham, by its operator or from its partner. Each message that is learnt
 * here is told to the partner, which learns it too.
 */
import { join } from 'node:path';
import { exampleOf, type Example } from './example.ts';
import { openBayes, type Bayes, type Learned } from './open-bayes.ts';
import { formatPiece, Pieces, piecesOf } from './told.ts';
import type { Teller, Topic, Topics } from '../../platform/topics.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { Log } from '../../platform/log/log.ts';
import type { Settings } from '../../config/settings.ts';
import type { Body } from '../../platform/values/body.ts';
import type { Content } from '../../platform/values/content.ts';

export interface LearningParts {
  settings(): Settings;
  /** The spool's. */
  readonly directory: string;
  contentOf(body: Body): Content | Promise<Content>;
  /** Absent where there is no partner to tell: another process has it open, and nothing is learnt. */
  readonly topics?: Topics;
  /** False where another worker writes it: what that learns is learnt here too. */
  readonly keeps?: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Learning extends Bayes {
  /** Of a message as it was received. */
  learnBody(as: 'spam' | 'ham', body: Body): Promise<Learned>;
}

/** Messages that a partner which starts anew is told of, the latest. */
const TOLD_ANEW = 5_000;

export const bayesDirectory = (spool: string): string => join(spool, 'bayes');

/** @throws when the directory cannot be used */
export function openLearning(parts: LearningParts): Learning {
  const { settings, topics, keeps = true, clock, log } = parts;
  const bayes = openBayes({
    directory: bayesDirectory(parts.directory),
    rules: () => settings().bayes,
    now: () => clock.now(),
    onFault: (error) => log.error('bayes.fault', { err: error }),
    readOnly: topics === undefined || !keeps,
    follows: topics !== undefined,
  });
  const teller = topics?.add(topicOf(bayes));
  const learn = (example: Example): Learned => {
    const learned = bayes.learn(example);
    if (learned !== 'known' && teller) tell(teller, example);
    return learned;
  };
  return {
    judges: () => bayes.judges(),
    classify: (tokens) => bayes.classify(tokens),
    find: (id) => bayes.find(id),
    messages: () => bayes.messages(),
    status: () => bayes.status(),
    reload: () => bayes.reload(),
    close: () => bayes.close(),
    learn,
    async learnBody(as, body) {
      const learned = learn(exampleOf(await parts.contentOf(body), as, clock.now()));
      log.info('bayes.learnt', { as, learned });
      return learned;
    },
  };
}

/** Keys are `ID/N`, for the Nth piece. */
function topicOf(bayes: Bayes): Topic {
  const pieces = new Pieces();
  return {
    name: 'bayes',
    look(key) {
      const [id = '', number] = key.split('/');
      const example = bayes.find(id);
      return example && formatPiece(example, Number(number));
    },
    all: () => {
      const latest = [...bayes.messages()].slice(-TOLD_ANEW);
      return latest.flatMap(([id, { tokens }]) => keysOf(id, tokens));
    },
    take: (items) =>
      items
        .map((item) => pieces.take(item))
        .filter((example) => example !== undefined)
        .filter((example) => bayes.learn(example) !== 'known').length,
  };
}

function tell(teller: Teller, { id, tokens }: Example): void {
  for (const key of keysOf(id, tokens.length / 2)) teller.tell(key);
}

const keysOf = (id: string, tokens: number): string[] =>
  Array.from({ length: piecesOf(tokens) }, (_, n) => `${id}/${n + 1}`);
