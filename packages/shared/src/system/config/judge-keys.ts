/** The keys of the verdict: whether mail is judged, for how long facts are waited for, what a score leads to. */
import { choice, decimal, timer } from './format.ts';
import { key } from './key.ts';

export const judgeKeys = {
  'judge.mode': key(
    choice('enforce', 'observe', 'off'),
    'enforce',
    'What verdicts do: enforce acts on them; observe judges and refuses nothing by it; off judges ' +
      'nothing but loops.',
    'observe',
  ),
  'judge.rcptBudget': key(
    timer,
    '5s',
    'How long RCPT may wait for what is to be learnt of client and sender.',
    '5s',
  ),
  'judge.messageBudget': key(
    timer,
    '20s',
    'How long the end of DATA may wait for what is to be learnt of a message.',
    '30s',
  ),
  'judge.tagAt': key(
    decimal(0, 1000),
    4,
    'Score from which on a message is marked as spam in its header.',
    '4',
  ),
  'judge.quarantineAt': key(decimal(0, 1000), 7, 'Score from which on a message is kept in quarantine.', '7'),
  'judge.rejectAt': key(
    decimal(0, 1000),
    12,
    'Score from which on a message is refused in the session.',
    '12',
  ),
} as const;
