/** What the listings of lists in DNS weigh: shared by the checks of addresses, of domains and of URLs. Pure. */
import type { ListFacts, Listing, Unanswered } from './facts.ts';
import { matchesCode, meaningOf } from './list-codes.ts';
import { replies } from '../../platform/values/reply.ts';
import type { Finding } from '../contract/verdict.ts';

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

/**
 * The findings of one check by the lists it was given: one for each list, however many of its entries were met. What a list
 * said that is not among them any more counts nothing.
 */
export function weighLists(
  check: string,
  { listed, unanswered, leftOut = 0 }: ListFacts,
  lists: readonly ListWeight[],
  onFault: 'accept' | 'defer',
): Finding[] {
  const findings: Finding[] = [];
  for (const list of lists) {
    const heaviest = heaviestOf(listed, list);
    if (heaviest) findings.push(findingOf(check, heaviest, list));
    const fault = unanswered.find((each) => each.list === list.name);
    if (fault) findings.push(missing(check, fault, onFault));
  }
  if (leftOut > 0)
    findings.push({
      rule: `${check}.left-out`,
      score: 0,
      evidence: `${leftOut} more hosts were not asked about`,
      missing: true,
    });
  return findings;
}

interface Weighed {
  readonly listing: Listing;
  readonly score: number;
  /** Further subjects that the list has. */
  readonly others: number;
}

function heaviestOf(listed: readonly Listing[], list: ListWeight): Weighed | undefined {
  const weighed = listed
    .filter((listing) => listing.list === list.name)
    .map((listing) => ({ listing, score: weightOf(listing, list) }))
    .filter(({ score }) => score !== 0)
    .sort((a, b) => Math.abs(b.score) - Math.abs(a.score));
  return weighed[0] && { ...weighed[0], others: weighed.length - 1 };
}

function findingOf(check: string, { listing, score, others }: Weighed, list: ListWeight): Finding {
  const { subject, codes, text } = listing;
  const more = others > 0 ? `, and ${others} more` : '';
  const finding = {
    rule: `${check}.${list.name}`,
    score,
    evidence: `${subject} is listed by ${list.name} (${codes.join(', ')})${more}`,
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
