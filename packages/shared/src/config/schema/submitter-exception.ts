/** Submitters with rules of their own, as an operator writes them. */
import { normaliseDomain } from '../../platform/values/address.ts';
import { limitNames, type LimitName, type SubmitterLimits } from '../../platform/values/submitter.ts';
import { choice, count, listOf, readFields } from './format.ts';
import type { Format } from './format.ts';
import { faultOfName, network } from './names.ts';

/** Rules of one submitter, by its name or its network; what is absent is as for all. */
export interface SubmitterException {
  readonly name?: string;
  readonly network?: string;
  readonly domains?: readonly string[];
  readonly by?: 'sender' | 'host';
  readonly limits: Partial<SubmitterLimits>;
}

export const domainPattern: Format<string> = {
  name: 'domain pattern',
  expects: 'example.com, .example.com or "*"',
  read(raw, at, findings) {
    if (raw === '*') return '*';
    const text = typeof raw === 'string' ? raw : '';
    const dot = text.startsWith('.') ? '.' : '';
    const problem = faultOfName(text.slice(dot.length));
    if (problem === undefined) return dot + normaliseDomain(text.slice(dot.length));
    const fix = text.startsWith('*.') ? `"${text.slice(1)}"` : domainPattern.expects;
    return findings.fault(at, raw, problem, `write ${fix}`);
  },
};

export const submitterName: Format<string> = {
  name: 'name of a submitter',
  expects: 'a user, or the address of a sender',
  read(raw, at, findings) {
    if (typeof raw === 'string' && /^\S{1,320}$/.test(raw)) return raw;
    return findings.fault(at, raw, 'is no name of a submitter', `write ${submitterName.expects}`);
  },
};

const limit = count(0, 100_000_000);
const limits = Object.fromEntries(limitNames.map((name) => [name, limit])) as Record<
  LimitName,
  Format<number>
>;
const fields = {
  name: submitterName,
  network,
  domains: listOf(domainPattern),
  by: choice('sender', 'host'),
  ...limits,
};

export const submitterException: Format<SubmitterException> = {
  name: 'submitter',
  expects: '{name or network, domains, by, messagesPerHour …}',
  read(raw, at, findings) {
    if (!(raw instanceof Map)) return findings.fault(at, raw, 'is not a mapping', `write ${this.expects}`);
    if (raw.has('name') === raw.has('network'))
      return findings.fault(
        at,
        raw,
        'has not one of name and network',
        'say whom it is about by one of them',
      );
    if (raw.has('name') && raw.has('by'))
      findings.fault(`${at}.by`, raw.get('by'), 'has no meaning with name', 'remove it, or use network');
    const { name, network, domains, by, ...own } = readFields(raw, at, fields, findings);
    return {
      ...(name !== undefined && { name }),
      ...(network !== undefined && { network }),
      ...(domains && { domains }),
      ...(by && { by }),
      limits: own,
    };
  },
};
