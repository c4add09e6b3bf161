/** The keys of the classifier that learns from spam and ham. Its scores are added to that of the message; 0 is off. */
import { age, choice, count } from '../schema/format.ts';
import { key } from '../schema/key.ts';
import { score } from '../schema/score.ts';

export const bayesKeys = {
  'bayes.mode': key(
    choice('mx', 'all', 'off'),
    'mx',
    'Whose mail is classified by what was learnt of spam and ham: mx is mail from the internet, all is that of submitters ' +
      'too. Nothing happens before enough was learnt ("mailpair learn").',
    'all',
  ),
  'bayes.minimum': key(
    count(20, 100_000),
    200,
    'Messages of spam, and of ham, that must have been learnt before anything is classified.',
    '500',
  ),
  'bayes.halfLife': key(
    age,
    '180d',
    'Age by which what was learnt counts half as much as what is learnt now.',
    '90d',
  ),
  'bayes.maxTokens': key(
    count(10_000, 20_000_000),
    1_000_000,
    'Words and pairs of words that are remembered; the weakest go first. A million take 32 MB of memory and 16 MB of disk.',
    '2000000',
  ),
  'bayes.sure': key(score, 5, 'Score of a message that is spam with 99.9 % or more.', '6'),
  'bayes.veryLikely': key(score, 4, 'Score of a message that is spam with 99 to 99.9 %.', '3'),
  'bayes.likely': key(score, 2, 'Score of a message that is spam with 95 to 99 %.', '1.5'),
  'bayes.ham': key(score, 1, 'Taken off the score of a message that is spam with 1 % or less.', '2'),
  'bayes.onFault': key(
    choice('accept', 'defer'),
    'accept',
    'What becomes of a message that could not be read to be classified: go on without, or ask the client to come back.',
    'accept',
  ),
} as const;
