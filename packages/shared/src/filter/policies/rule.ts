/**
 * A rule of the operator: where conditions hold for the facts, it adds a score or names a verdict. A condition on a fact that
 * could not be learnt is in doubt; a rule in doubt does not apply and says so. Pure.
 */
import { domainOf, recipientKey } from '../../platform/values/address.ts';
import type { AttachmentFacts } from '../../platform/values/content.ts';
import type { Fact, Facts } from '../contract/facts.ts';
import type { PolicyReads } from './facts.ts';
import { fileNamesOf } from '../../platform/values/file-names.ts';
import { replies, type Reply } from '../../platform/values/reply.ts';
import type { Finding } from '../contract/verdict.ts';
import { senderOn, type SenderList } from './sender-list.ts';

/** Whether a text is as the operator wrote. */
type Pattern = (text: string) => boolean;

/** All that is given must hold. */
export interface Conditions {
  readonly sender?: SenderList;
  hasClient?(address: string): boolean;
  readonly helo?: Pattern;
  readonly subject?: Pattern;
  readonly header?: readonly { readonly name: string; readonly value: Pattern }[];
  readonly attachment?: Pattern;
  readonly attachmentType?: readonly string[];
  readonly spf?: readonly string[];
  readonly dmarc?: readonly string[];
  readonly found?: Pattern;
  readonly largerThanBytes?: number;
}

export interface Rule {
  readonly name: string;
  readonly on: readonly Facts['role'][];
  /** Recipients by address or domain; absent for all. */
  readonly recipients?: ReadonlySet<string>;
  readonly when: Conditions;
  readonly unless: Conditions | null;
  readonly score: number;
  readonly verdict: 'score' | NonNullable<Finding['verdict']>;
  readonly text: string | null;
}

/** Whether it may apply to a recipient. */
export const ruleIsFor = ({ recipients }: Rule, address: string): boolean =>
  !recipients || recipients.has(recipientKey(address)) || recipients.has(domainOf(address));

/** Undefined in doubt. */
type Holds = boolean | undefined;

export function findingByRule(
  rule: Rule,
  facts: Facts<PolicyReads>,
  found: readonly Finding[],
): Finding | undefined {
  const { name, on, when, unless, score, verdict, text } = rule;
  if (!on.includes(facts.role)) return undefined;
  if (!facts.message && (needsMessage(when) || (unless !== null && needsMessage(unless)))) return undefined;
  const holds = holdsAll(when, facts, found);
  if (holds === false) return undefined;
  const excepted = unless === null ? false : holdsAll(unless, facts, found);
  if (excepted === true) return undefined;
  if (holds === undefined || excepted === undefined)
    return {
      rule: `rule.${name}`,
      score: 0,
      evidence: 'what it asks for could not be learnt',
      missing: true,
    };
  const reply = replyOf(rule);
  return {
    rule: `rule.${name}`,
    score,
    evidence: text ?? 'its conditions hold',
    ...(verdict !== 'score' && { verdict }),
    ...(reply && { reply }),
  };
}

function replyOf({ verdict, text }: Rule): Reply | undefined {
  if (verdict !== 'reject' && verdict !== 'defer') return undefined;
  const usual = verdict === 'reject' ? replies.policy : replies.notChecked;
  return text === null ? usual : { ...usual, text };
}

/** At RCPT these are not known yet. */
const needsMessage = ({
  subject,
  header,
  attachment,
  attachmentType,
  dmarc,
  largerThanBytes,
}: Conditions): boolean =>
  [subject, header, attachment, attachmentType, dmarc, largerThanBytes].some((each) => each !== undefined);

function holdsAll(conditions: Conditions, facts: Facts<PolicyReads>, found: readonly Finding[]): Holds {
  const answers = answersOf(conditions, facts, found);
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

/** One for each condition that is given. */
function answersOf(conditions: Conditions, facts: Facts<PolicyReads>, found: readonly Finding[]): Holds[] {
  const { sender, helo, subject, header, attachment, attachmentType, spf, dmarc, largerThanBytes } =
    conditions;
  const { client, learnt, message } = facts;
  const answers: Holds[] = [];
  if (sender) answers.push(senderOn(sender, facts, false) !== undefined);
  if (conditions.hasClient) answers.push(conditions.hasClient(client.address));
  if (helo) answers.push(helo(client.helo));
  if (subject) answers.push(of(learnt.content, (content) => subject(content.subject)));
  for (const { name, value } of header ?? [])
    answers.push(of(learnt.namedFields, (fields) => (fields[name] ?? []).some((each) => value(each))));
  if (attachment)
    answers.push(
      of(learnt.content, ({ attachments }) => attachments.some((each) => isNamed(each, attachment))),
    );
  if (attachmentType)
    answers.push(
      of(learnt.content, ({ attachments }) =>
        attachments.some((each) => attachmentType.includes(each.looksLike)),
      ),
    );
  if (spf) answers.push(of(learnt.spf, ({ result }) => spf.includes(result)));
  if (dmarc) answers.push(of(learnt.authentication, (known) => dmarc.includes(known.dmarc.result)));
  if (conditions.found) answers.push(found.some(({ rule }) => conditions.found!(rule)));
  if (largerThanBytes !== undefined) answers.push((message?.sizeBytes ?? 0) > largerThanBytes);
  return answers;
}

const isNamed = (facts: AttachmentFacts, pattern: Pattern): boolean =>
  pattern(facts.name) || fileNamesOf(facts).some(pattern);

/** What was not asked for does not hold. */
function of<T>(fact: Fact<T> | undefined, holds: (value: T) => boolean): Holds {
  if (!fact) return false;
  return fact.kind === 'known' ? holds(fact.value) : undefined;
}
