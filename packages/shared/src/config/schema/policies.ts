/** Policies of recipients, and senders to allow and to block, as an operator writes them. */
import { normaliseDomain, recipientKey } from '../../platform/values/address.ts';
import { formatNetwork, parseNetwork } from '../../platform/network/addresses.ts';
import { listOf, readFields, yesNo, type Format } from './format.ts';
import { faultOfName } from './names.ts';
import { score } from './score.ts';

/** An address, a domain, `.example.net` for its subdomains, or a network. */
export interface SenderEntry {
  readonly sender: string;
  /** Taken at its word: a name counts though nobody proves it. */
  readonly unproven: boolean;
}

export interface SenderLists {
  readonly allow: readonly SenderEntry[];
  readonly block: readonly SenderEntry[];
}

/** What is absent is as for the domain, and for all. */
export interface PolicySettings extends SenderLists {
  /** Recipients by address, or by domain. */
  readonly for: readonly string[];
  /** null is never. */
  readonly tagAt?: number | null;
  readonly quarantineAt?: number | null;
  readonly rejectAt?: number | null;
}

/** An address or a domain, in the form that they are compared in. */
export const recipient: Format<string> = {
  name: 'address or domain',
  expects: 'an address or a domain: anna@example.com, example.com',
  read(raw, at, findings) {
    const read = typeof raw === 'string' ? mailNameIn(raw) : undefined;
    return (
      read ?? findings.fault(at, raw, 'is neither an address nor a domain', `write ${recipient.expects}`)
    );
  },
};

function mailNameIn(text: string): string | undefined {
  const [local, domain, ...rest] = text.includes('@') ? splitAt(text) : [undefined, text];
  if (rest.length > 0 || local === '' || faultOfName(domain) !== undefined) return undefined;
  return local === undefined ? normaliseDomain(domain) : recipientKey(text);
}

const splitAt = (text: string): [string, string] => {
  const at = text.lastIndexOf('@');
  return [text.slice(0, at), text.slice(at + 1)];
};

export const senderName: Format<string> = {
  name: 'address, domain or network',
  expects: 'an address, a domain, .example.net for its subdomains, or a network',
  read(raw, at, findings) {
    if (typeof raw === 'string') {
      const network = parseNetwork(raw);
      if (network) return formatNetwork(network);
      const suffix = raw.startsWith('.') ? mailNameIn(raw.slice(1)) : undefined;
      const read = suffix === undefined ? mailNameIn(raw) : `.${suffix}`;
      if (read !== undefined) return read;
    }
    return findings.fault(at, raw, 'is no sender', `write ${senderName.expects}`);
  },
};

const senderFields = { sender: senderName, unproven: yesNo };

export const senderEntry: Format<SenderEntry> = {
  name: 'sender',
  expects: `${senderName.expects}; or {sender, unproven: true}`,
  read(raw, at, findings) {
    if (!(raw instanceof Map)) {
      const sender = senderName.read(raw, at, findings);
      return sender === undefined ? undefined : { sender, unproven: false };
    }
    const { sender, unproven = false } = readFields(raw, at, senderFields, findings);
    if (!raw.has('sender')) return findings.fault(at, raw, 'has no sender', 'add sender: example.net');
    return sender === undefined ? undefined : { sender, unproven };
  },
};

const threshold: Format<number | 'never'> = {
  name: 'score or never',
  expects: 'a score from 0 to 1000, or never',
  read(raw, at, findings) {
    return raw === 'never' ? raw : score.read(raw, at, findings);
  },
};

const policyFields = {
  for: listOf(recipient),
  tagAt: threshold,
  quarantineAt: threshold,
  rejectAt: threshold,
  allow: listOf(senderEntry),
  block: listOf(senderEntry),
};

export const policy: Format<PolicySettings> = {
  name: 'policy',
  expects: '{for, tagAt, quarantineAt, rejectAt, allow, block}',
  read(raw, at, findings) {
    if (!(raw instanceof Map)) return findings.fault(at, raw, 'is not a mapping', `write ${policy.expects}`);
    const {
      for: to = [],
      allow = [],
      block = [],
      ...thresholds
    } = readFields(raw, at, policyFields, findings);
    if (to.length === 0)
      return findings.fault(
        `${at}.for`,
        raw.get('for') ?? null,
        'names no recipient',
        'add for: [anna@example.com]',
      );
    const given = Object.entries(thresholds).map(([name, value]) => [name, value === 'never' ? null : value]);
    return { for: to, allow, block, ...(Object.fromEntries(given) as Partial<PolicySettings>) };
  },
};
