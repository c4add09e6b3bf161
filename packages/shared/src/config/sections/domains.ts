/** The hosted domains. */
import { domains } from '../schema/domains.ts';
import type { DomainItem, VerifySettings } from '../schema/domains.ts';
import { required } from '../schema/key.ts';
import type { LocalServerSettings } from '../schema/local-server.ts';

export const domainKeys = {
  domains: required(
    domains,
    [],
    'Hosted domains: mail for them is taken from the internet. A domain, or a mapping of name, ' +
      'localServers and recipients for a domain that differs from the rest.',
    '[example.com, { name: example.org, localServers: ["mail2.internal:25"], recipients: { verify: none } }]',
  ),
} as const;

export interface DomainSettings {
  /** Lower-case A-labels. */
  readonly name: string;
  readonly localServers: readonly LocalServerSettings[];
  readonly verify: VerifySettings;
}

/** The part of `Settings`. */
export interface Hosted {
  readonly domains: readonly DomainSettings[];
}

interface Read {
  readonly domains: readonly DomainItem[];
  /** What a domain has that says nothing of it. */
  readonly usual: Omit<DomainSettings, 'name'>;
}

export const domainsOf = ({ domains, usual }: Read): DomainSettings[] =>
  domains.map((domain) => ({ ...usual, ...domain }));
