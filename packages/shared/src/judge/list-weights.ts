/** What the listings of lists in DNS weigh: shared by the checks of addresses, of domains and of URLs. Pure. */
import type { ListFacts, Listing, Unanswered } from '../values/facts-of-dns-lists.ts';
import { matchesCode, meaningOf } from '../values/list-codes.ts';
import { replies } from '../values/reply.ts';
import type { Finding } from '../values/verdict.ts';

export interface ListWeight {
  readonly name: string;
  /** Added for a listing whose code is not named; below 0 in an allow list. */
  readonly score: number;
  /** Added for a listing with such a code, `127.0.0.4` or `127.0.*.3`, in place of that. */
  readonly codes: readonly { readonly code: string; readonly score: number }[];
  /** What follows from a listing that weighs something; `score` for nothing but that. */
  readonly verdict: 'score' | 'reject' | 'allow';
}

/** What a listing counts: the score of its code that weighs most. 0 when none of them is a listing as configured now. */
export function weightOf({ codes }: Pick<Listing, 'codes'>, list: ListWeight): number {
  const named = list.codes.map(({ code }) => code);
  const scores = codes
    .filter((code) => meaningOf(code, named) === 'listing')
    .map((code) => list.codes.find((each) => matchesCode(code, each.code))?.score ?? list.score);
  return scores.reduce((most, score) => (Math.abs(score) > Math.abs(most) ? score : most), 0);
}

/** The findings of one check by the lists it was given. What a list said that is not among them any more counts nothing. */
export function weighLists(
  check: string,
  { listed, unanswered, leftOut = 0 }: ListFacts,
  lists: readonly ListWeight[],
  onFault: 'accept' | 'defer',
): Finding[] {
  const byName = new Map(lists.map((list) => [list.name, list]));
  const findings: Finding[] = [];
  for (const listing of listed) {
    const list = byName.get(listing.list);
    const score = list ? weightOf(listing, list) : 0;
    if (list && score !== 0) findings.push(findingOf(check, listing, list, score));
  }
  for (const fault of unanswered) if (byName.has(fault.list)) findings.push(missing(check, fault, onFault));
  if (leftOut > 0)
    findings.push({
      rule: `${check}.left-out`,
      score: 0,
      evidence: `${leftOut} more hosts were not asked about`,
      missing: true,
    });
  return findings;
}

function findingOf(
  check: string,
  { subject, codes, text }: Listing,
  list: ListWeight,
  score: number,
): Finding {
  const finding = {
    rule: `${check}.${list.name}`,
    score,
    evidence: `${subject} is listed by ${list.name} (${codes.join(', ')})`,
  };
  if (list.verdict === 'reject')
    return { ...finding, verdict: 'reject', reply: replies.listed(subject, list.name, text) };
  return list.verdict === 'allow' ? { ...finding, verdict: 'allow' } : finding;
}

/** A list that is switched off stays so for a while: to ask the client to come back would keep its mail away. */
const missing = (check: string, { list, reason, off }: Unanswered, onFault: 'accept' | 'defer'): Finding => ({
  rule: `${check}.${list}`,
  score: 0,
  evidence: off ? `${list} is switched off: ${reason}` : `${list} could not be asked: ${reason}`,
  missing: true,
  ...(onFault === 'defer' && !off && { verdict: 'defer', reply: replies.notChecked, firm: true }),
});
