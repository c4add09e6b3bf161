/** Rules of the operator: conditions on a message, and what follows where they hold. */
import { describe } from './findings.ts';
import type { Findings } from './findings.ts';
import { choice, listOf, readFields, size, type Format } from './format.ts';
import { network } from './names.ts';
import { recipient, senderName } from './policies.ts';
import { signedScore } from './score.ts';

/** All that is given must hold; of a list one is enough. In patterns `*` is any text. */
export interface RuleConditions {
  readonly sender?: readonly string[];
  readonly recipient?: readonly string[];
  /** Networks. */
  readonly client?: readonly string[];
  readonly helo?: readonly string[];
  readonly subject?: readonly string[];
  /** Header fields by lower-case name, with patterns of their values. */
  readonly header?: readonly { readonly name: string; readonly patterns: readonly string[] }[];
  /** Patterns of file names. */
  readonly attachment?: readonly string[];
  /** What the first octets of an attachment say it is. */
  readonly attachmentType?: readonly string[];
  readonly spf?: readonly string[];
  readonly dmarc?: readonly string[];
  /** Patterns of what checks found, `dns-list.*`. */
  readonly found?: readonly string[];
  readonly largerThanBytes?: number;
}

export interface RuleSettings {
  readonly name: string;
  readonly on: readonly ('mx' | 'submission')[];
  readonly when: RuleConditions;
  /** Where these hold it does not apply. */
  readonly unless: RuleConditions | null;
  readonly score: number;
  readonly verdict: 'score' | 'allow' | 'reject' | 'defer' | 'quarantine' | 'hold' | 'discard';
  /** What the client is told, with `reject` and `defer`. */
  readonly text: string | null;
}

/** A pattern of text; `*` is any text. */
const pattern: Format<string> = {
  name: 'pattern',
  expects: 'text, in which * is any text',
  read(raw, at, findings) {
    if (typeof raw === 'string' && raw !== '' && raw.length <= 200) return raw;
    return findings.fault(at, raw, 'is not a pattern', `write ${pattern.expects}, at most 200 characters`);
  },
};

/** One item need not be in brackets. */
function someOf<T>(item: Format<T>): Format<readonly T[]> {
  const list = listOf(item);
  return {
    ...list,
    expects: `${item.expects}, or a list of such`,
    read: (raw, at, findings) => list.read(Array.isArray(raw) ? raw : [raw], at, findings),
  };
}

const header: Format<{ name: string; patterns: readonly string[] }[]> = {
  name: 'header fields',
  expects: 'a mapping of field names to patterns: { "X-Mailer": "*bulk*" }',
  read(raw, at, findings) {
    if (!(raw instanceof Map)) return findings.fault(at, raw, 'is not a mapping', `write ${header.expects}`);
    return [...(raw as Map<unknown, unknown>)].flatMap(([key, value]) => {
      const name = describe(key);
      if (!/^[!-9;-~]{1,80}$/.test(name))
        findings.fault(at, name, 'is no name of a field', `write ${header.expects}`);
      const patterns = someOf(pattern).read(value, `${at}["${name}"]`, findings);
      return patterns ? [{ name: name.toLowerCase(), patterns }] : [];
    });
  },
};

const conditionFields = {
  sender: someOf(senderName),
  recipient: someOf(recipient),
  client: someOf(network),
  helo: someOf(pattern),
  subject: someOf(pattern),
  header,
  attachment: someOf(pattern),
  attachmentType: someOf(pattern),
  spf: someOf(choice('none', 'neutral', 'pass', 'fail', 'softfail', 'temperror', 'permerror')),
  dmarc: someOf(choice('none', 'pass', 'fail', 'temperror', 'permerror')),
  found: someOf(pattern),
  largerThan: size('1B'),
};

const conditions: Format<RuleConditions> = {
  name: 'conditions',
  expects: `a mapping of ${Object.keys(conditionFields).join(', ')}`,
  read(raw, at, findings) {
    if (!(raw instanceof Map))
      return findings.fault(at, raw, 'is not a mapping', `write ${conditions.expects}`);
    const { largerThan, ...read } = readFields(raw, at, conditionFields, findings);
    return { ...read, ...(largerThan !== undefined && { largerThanBytes: largerThan }) };
  },
};

const ruleName: Format<string> = {
  name: 'name of a rule',
  expects: 'letters, digits, dots and hyphens',
  read(raw, at, findings) {
    if (typeof raw === 'string' && /^[a-z0-9][a-z0-9.-]{0,62}$/i.test(raw)) return raw;
    return findings.fault(at, raw, 'is not a name of a rule', `write ${ruleName.expects}`);
  },
};

const replyText: Format<string> = {
  name: 'text',
  expects: 'one line of ASCII, at most 400 characters',
  read(raw, at, findings) {
    if (typeof raw === 'string' && /^[ -~]{1,400}$/.test(raw)) return raw;
    return findings.fault(at, raw, 'cannot be said in a reply', `write ${replyText.expects}`);
  },
};

const ruleFields = {
  name: ruleName,
  on: someOf(choice('mx', 'submission')),
  when: conditions,
  unless: conditions,
  score: signedScore,
  verdict: choice('allow', 'reject', 'defer', 'quarantine', 'hold', 'discard'),
  text: replyText,
};

export const rule: Format<RuleSettings> = {
  name: 'rule',
  expects: '{name, when, unless, score or verdict, text, on}',
  read(raw, at, findings) {
    if (!(raw instanceof Map)) return findings.fault(at, raw, 'is not a mapping', `write ${rule.expects}`);
    const read = readFields(raw, at, ruleFields, findings);
    checkRule(raw, at, findings);
    const { name, when, unless = null, on = ['mx'], text = null } = read;
    if (name === undefined || when === undefined) return undefined;
    return { name, when, unless, on, text, score: read.score ?? 0, verdict: read.verdict ?? 'score' };
  },
};

function checkRule(raw: ReadonlyMap<unknown, unknown>, at: string, findings: Findings): void {
  if (!raw.has('name')) findings.fault(at, raw, 'has no name', 'add name: my-rule; findings have it');
  const when = raw.get('when');
  if (!(when instanceof Map) || when.size === 0)
    findings.fault(`${at}.when`, when ?? null, 'has no condition', 'add when: { subject: "*lottery*" }');
  if (!raw.has('score') && !raw.has('verdict'))
    findings.fault(at, raw, 'has neither score nor verdict', 'add score: 3, or verdict: quarantine');
  const verdict = raw.get('verdict');
  if (raw.has('text') && verdict !== 'reject' && verdict !== 'defer')
    findings.fault(`${at}.text`, raw.get('text'), 'is never told', 'it goes with verdict: reject or defer');
}
