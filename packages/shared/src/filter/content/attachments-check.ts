/** What the operator wants of attachments, by name, declared type, first octets and what was found within. */
import type { ContentLearnable } from './facts.ts';
import { attachmentRule, type AttachmentRule } from '../../platform/values/attachment-rules.ts';
import type { AttachmentFacts } from '../../platform/values/content.ts';
import { printable, printableAscii } from '../../platform/values/printable.ts';
import { replies } from '../../platform/values/reply.ts';
import type { ListenerRole } from '../../platform/values/session.ts';
import type { Finding } from '../contract/verdict.ts';
import type { Check } from '../contract/check.ts';

export interface AttachmentPolicy {
  /** The listeners whose mail it is for. */
  readonly roles: readonly ListenerRole[];
  /** As `attachmentRule` reads them; of an attachment the strictest counts. */
  readonly refuse: readonly string[];
  readonly quarantine: readonly string[];
  readonly suspect: readonly string[];
  /** What the suspect ones count, all together. */
  readonly score: number;
  /** What follows when not all of an attachment could be looked at. */
  readonly unopened: 'accept' | 'quarantine' | 'reject';
  readonly onFault: 'accept' | 'defer';
}

/** Attachments that are named in the evidence. */
const NAMED = 3;

export function attachmentsCheck(policy: AttachmentPolicy): Check<ContentLearnable> {
  const refuse = rulesOf(policy.refuse);
  const quarantine = rulesOf(policy.quarantine);
  const suspect = rulesOf(policy.suspect);
  return {
    name: 'attachments',
    stage: 'message',
    roles: policy.roles,
    needs: ['content'],
    onFault: policy.onFault,
    judge({ learnt: { content } }) {
      if (content?.kind !== 'known' || content.value.attachments.length === 0) return [];
      const { attachments } = content.value;
      const findings: Finding[] = [];
      const refused = matched(attachments, refuse);
      if (refused)
        findings.push({
          ...findingOf('refuse', refused),
          verdict: 'reject',
          reply: replies.attachment(printableAscii(refused.names[0]!), refused.rule),
        });
      const kept = matched(attachments, quarantine);
      if (kept) findings.push({ ...findingOf('quarantine', kept), verdict: 'quarantine' });
      const suspected = policy.score > 0 ? matched(attachments, suspect) : undefined;
      if (suspected) findings.push({ ...findingOf('suspect', suspected), score: policy.score });
      const unopened = attachments.filter((each) => each.unopened !== undefined);
      if (unopened.length > 0) findings.push(findingOfUnopened(unopened, policy.unopened));
      return findings;
    },
  };
}

interface NamedRule {
  readonly rule: string;
  readonly fits: AttachmentRule;
}

const rulesOf = (rules: readonly string[]): readonly NamedRule[] =>
  rules.map((rule) => ({ rule, fits: attachmentRule(rule) }));

interface Matched {
  readonly rule: string;
  readonly names: readonly string[];
}

/** The first rule that fits anything, and what it fits. */
function matched(attachments: readonly AttachmentFacts[], rules: readonly NamedRule[]): Matched | undefined {
  for (const { rule, fits } of rules) {
    const names = attachments.filter(fits).map(({ name }) => name);
    if (names.length > 0) return { rule, names };
  }
  return undefined;
}

const findingOf = (list: string, { rule, names }: Matched): Finding => ({
  rule: `attachments.${list}`,
  score: 0,
  evidence: `${listed(names)}: ${rule}`,
});

function listed(names: readonly string[]): string {
  const shown = names
    .slice(0, NAMED)
    .map((name) => (name === '' ? 'one without a name' : printable(name, 100)));
  return shown.join(', ') + (names.length > NAMED ? ` and ${names.length - NAMED} more` : '');
}

function findingOfUnopened(
  attachments: readonly AttachmentFacts[],
  then: AttachmentPolicy['unopened'],
): Finding {
  const [first] = attachments;
  const finding: Finding = {
    rule: 'attachments.unopened',
    score: 0,
    evidence: `${listed(attachments.map(({ name }) => name))}: ${printable(first?.unopened ?? '')}`,
    missing: true,
  };
  if (then === 'accept') return finding;
  if (then === 'quarantine') return { ...finding, verdict: 'quarantine' };
  return { ...finding, verdict: 'reject', reply: replies.unopened(printableAscii(first?.name ?? '')) };
}
