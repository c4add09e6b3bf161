/** Faults of a message's form: what programs read differently, and so may hide from one what it shows in another. */
import type { ContentLearnable } from './facts.ts';
import { isContentFault, type ContentFault } from '../../platform/values/content-faults.ts';
import { printable } from '../../platform/values/printable.ts';
import { replies } from '../../platform/values/reply.ts';
import type { Finding } from '../contract/verdict.ts';
import type { Check } from '../contract/check.ts';

export interface ContentRules {
  /** What each counts; 0 for nothing. */
  readonly scores: Readonly<Record<ContentFault, number>>;
  /** Those for which a message is refused, whoever sends it. */
  readonly refuse: readonly ContentFault[];
  readonly onFault: 'accept' | 'defer';
}

export const contentCheck = ({ scores, refuse, onFault }: ContentRules): Check<ContentLearnable> => ({
  name: 'content',
  stage: 'message',
  roles: ['mx'],
  needs: ['content'],
  onFault,
  judge({ learnt: { content } }) {
    if (content?.kind !== 'known') return [];
    const { faults, unread } = content.value;
    const findings: Finding[] = [];
    for (const { fault, evidence } of faults) {
      if (!isContentFault(fault)) continue;
      const finding = { rule: `content.${fault}`, score: scores[fault], evidence: printable(evidence) };
      if (refuse.includes(fault))
        findings.push({ ...finding, verdict: 'reject', reply: replies.malformed(fault), firm: true });
      else if (finding.score !== 0) findings.push(finding);
    }
    if (unread.length > 0)
      findings.push({
        rule: 'content.unread',
        score: 0,
        evidence: `not looked at: ${unread.join(', ')}`,
        missing: true,
      });
    return findings;
  },
});
