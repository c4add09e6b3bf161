/**
 * The policy of each recipient, made of the settings: thresholds, allow and block lists, rules. Recipients that want the
 * same have the same policy, so that a message is judged once for all of them. Pure.
 */
import type { Policy, PolicyLists } from './policy.ts';
import { ruleIsFor, type Conditions, type Rule } from './rule.ts';
import type { SenderList } from './sender-list.ts';
import { createNetworks } from '../../platform/network/addresses.ts';
import type { PolicySettings, SenderEntry, SenderLists } from '../../config/schema/policies.ts';
import type { RuleConditions, RuleSettings } from '../../config/schema/rules.ts';
import type { Settings } from '../../config/settings.ts';
import { domainOf, isPostmaster, recipientKey } from '../../platform/values/address.ts';

const exempt: Policy = { tagAt: null, quarantineAt: null, rejectAt: null, exempt: true };

/** Policies of single addresses, as they are written, that are kept. */
const KEPT = 10_000;

/** @returns the policy of a recipient; the same object for those who want the same */
export function policiesOf({ judge }: Pick<Settings, 'judge'>): (recipient: string) => Policy {
  const forAll = withLists(judge, 'judge', []);
  const named = new Map<string, PolicySettings>(
    judge.policies.flatMap((policy) => policy.for.map((name) => [name, policy])),
  );
  const rules = judge.rules.map(compileRule);
  const bySettings = new Map<string, Policy>();

  function compose(key: string, domain: string): Policy {
    const levels = [named.has(key) ? key : '', named.has(domain) ? domain : ''];
    const applying = rules.filter((rule) => ruleIsFor(rule, key));
    const same = `${levels.join(' ')} ${applying.map((rule) => rules.indexOf(rule)).join()}`;
    let policy = bySettings.get(same);
    if (policy) return policy;
    const ofDomain = named.get(domain);
    const ofAddress = named.get(key);
    policy = {
      ...thresholds(judge),
      ...(ofDomain && thresholds(ofDomain)),
      ...(ofAddress && thresholds(ofAddress)),
      rules: applying,
      lists: [
        ...(ofAddress ? withLists(ofAddress, key, []) : []),
        ...(ofDomain ? withLists(ofDomain, domain, []) : []),
        ...forAll,
      ],
    };
    if (bySettings.size >= KEPT) bySettings.clear();
    bySettings.set(same, policy);
    return policy;
  }

  const byAddress = new Map<string, Policy>();
  return (recipient) => {
    let policy = byAddress.get(recipient);
    if (policy) return policy;
    policy = isPostmaster(recipient) ? exempt : compose(recipientKey(recipient), domainOf(recipient));
    if (byAddress.size >= KEPT) byAddress.clear();
    byAddress.set(recipient, policy);
    return policy;
  };
}

/** Those that are given. */
function thresholds(
  of: Pick<PolicySettings, 'tagAt' | 'quarantineAt' | 'rejectAt'>,
): Pick<Policy, 'tagAt' | 'quarantineAt' | 'rejectAt'> {
  const { tagAt, quarantineAt, rejectAt } = of;
  return {
    ...(tagAt !== undefined && { tagAt }),
    ...(quarantineAt !== undefined && { quarantineAt }),
    ...(rejectAt !== undefined && { rejectAt }),
  } as Pick<Policy, 'tagAt' | 'quarantineAt' | 'rejectAt'>;
}

function withLists({ allow, block }: SenderLists, of: string, none: PolicyLists[]): PolicyLists[] {
  if (allow.length + block.length === 0) return none;
  return [{ of, allow: senderList(allow), block: senderList(block) }];
}

function senderList(entries: readonly SenderEntry[]): SenderList {
  const named = entries.filter(({ sender }) => !sender.includes('/'));
  const networks = entries.filter(({ sender }) => sender.includes('/')).map(({ sender }) => sender);
  const isAddress = ({ sender }: SenderEntry): boolean => sender.includes('@');
  const isSuffix = ({ sender }: SenderEntry): boolean => sender.startsWith('.');
  return {
    addresses: new Map(named.filter(isAddress).map((entry) => [entry.sender, entry])),
    domains: new Map(
      named.filter((entry) => !isAddress(entry) && !isSuffix(entry)).map((entry) => [entry.sender, entry]),
    ),
    suffixes: named.filter(isSuffix).map(({ sender, unproven }) => ({ suffix: sender, unproven })),
    hasClient: networks.length === 0 ? () => false : createNetworks(networks).has,
  };
}

function compileRule({ when, unless, ...rule }: RuleSettings): Rule {
  return {
    ...rule,
    ...(when.recipient && { recipients: new Set(when.recipient) }),
    when: compileConditions(when),
    unless: unless && compileConditions(unless),
  };
}

function compileConditions(given: RuleConditions): Conditions {
  const {
    sender,
    client,
    helo,
    subject,
    header,
    attachment,
    attachmentType,
    found,
    spf,
    dmarc,
    largerThanBytes,
  } = given;
  return {
    ...(sender && { sender: senderList(sender.map((each) => ({ sender: each, unproven: true }))) }),
    ...(client && { hasClient: createNetworks(client).has }),
    ...(helo && { helo: anyOf(helo) }),
    ...(subject && { subject: anyOf(subject) }),
    ...(header && { header: header.map(({ name, patterns }) => ({ name, value: anyOf(patterns) })) }),
    ...(attachment && { attachment: anyOf(attachment) }),
    ...(attachmentType && { attachmentType }),
    ...(found && { found: anyOf(found) }),
    ...(spf && { spf }),
    ...(dmarc && { dmarc }),
    ...(largerThanBytes !== undefined && { largerThanBytes }),
  };
}

/** Patterns of the whole text, in any case. */
function anyOf(patterns: readonly string[]): (text: string) => boolean {
  const parts = patterns.map((pattern) => pattern.toLowerCase().split('*'));
  return (text) => {
    const lower = text.toLowerCase();
    return parts.some((each) => isLike(lower, each));
  };
}

/** Each part is looked for once, from where the one before ended: no text, however made, takes long. */
function isLike(text: string, [first = '', ...parts]: readonly string[]): boolean {
  const last = parts.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of parts) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
