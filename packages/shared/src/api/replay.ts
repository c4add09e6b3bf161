/**
 * records → judge: what was kept of messages and of refused recipients, judged again by other settings. What those settings
 * would have learnt and the old ones did not ask for is not known.
 */
import { checksOf } from '../filter/pipeline/registry.ts';
import { judgeFacts, type Judges } from '../filter/pipeline/judge-facts.ts';
import { policiesOf } from '../filter/policies/policies.ts';
import type { Settings } from '../config/settings.ts';
import type { Facts } from '../filter/pipeline/facts.ts';
import { recordsIn } from '../filter/pipeline/record-line.ts';
import type { Judgement, Verdict } from '../filter/contract/verdict.ts';

/** A recipient whose verdict would be another. */
export interface Change {
  readonly at: number;
  /** Absent for a recipient that was refused at RCPT. */
  readonly id?: string;
  readonly client: string;
  readonly reversePath: string;
  readonly recipient: string;
  readonly subject: string;
  readonly before: Judged;
  readonly after: Judged;
}

interface Judged {
  readonly verdict: Verdict['kind'];
  readonly score: number;
  readonly reason: string;
}

export interface Replayed {
  /** Recipients of messages, and recipients that a check refused at RCPT. */
  readonly judged: number;
  readonly changes: readonly Change[];
  /** Changes beyond those that are listed. */
  readonly more: number;
  /** How many changed from one verdict to another, `accept → tag`. */
  readonly totals: Readonly<Record<string, number>>;
}

/** @param records as a gateway keeps them; `most` changes are listed */
export async function replayRecords(
  records: AsyncIterable<string>,
  settings: Settings,
  since: number,
  most: number,
): Promise<Replayed> {
  const judges: Judges = {
    mode: settings.judge.mode === 'off' ? 'off' : 'enforce',
    checks: checksOf(settings),
    policyOf: policiesOf(settings),
  };
  const changes: Change[] = [];
  const totals: Record<string, number> = {};
  let judged = 0;
  let more = 0;
  for await (const line of records)
    for (const change of judgedAgain(line, since, judges)) {
      judged += 1;
      if (change.before.verdict === change.after.verdict) continue;
      const total = `${change.before.verdict} → ${change.after.verdict}`;
      totals[total] = (totals[total] ?? 0) + 1;
      if (changes.length < most) changes.push(change);
      else more += 1;
    }
  return { judged, changes, more, totals };
}

/** Each recipient, whether its verdict would be another or not. */
function* judgedAgain(line: string, since: number, judges: Judges): Iterable<Change> {
  const [record] = line.startsWith('{"kind":"event"') ? [] : recordsIn(line);
  if (!record || record.at < since) return;
  if (record.kind === 'message') {
    const { id, at, facts, subject } = record;
    const { judgements } = judgeFacts(facts, 'message', facts.recipients, judges);
    for (const { recipients, verdict, score } of record.judgements)
      for (const recipient of recipients) {
        const after = judgements[facts.recipients.indexOf(recipient)];
        if (!after) continue;
        yield {
          id,
          ...about(facts, at),
          recipient,
          subject,
          before: told({ verdict, score }),
          after: told(after),
        };
      }
  }
  if (record.kind === 'refusal' && record.judged) {
    const { recipient, judged, at } = record;
    const [after] = judgeFacts(judged.facts, 'rcpt', [recipient], judges).judgements;
    if (after)
      yield { ...about(judged.facts, at), recipient, subject: '', before: told(judged), after: told(after) };
  }
}

const about = (facts: Facts, at: number): Pick<Change, 'at' | 'client' | 'reversePath'> => ({
  at,
  client: facts.client.address,
  reversePath: facts.reversePath,
});

const told = ({ verdict, score }: Pick<Judgement, 'verdict' | 'score'>): Judged => ({
  verdict: verdict.kind,
  score,
  reason: verdict.reason,
});
