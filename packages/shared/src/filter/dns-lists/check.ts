/** What lists in DNS say of the client, of the domains it goes by, and of the hosts in its message (RFC 5782). */
import type { ListLearnable } from './facts.ts';
import { replies } from '../../platform/values/reply.ts';
import type { Finding } from '../contract/verdict.ts';
import type { Check } from '../contract/check.ts';
import { weighLists, type ListWeight } from './list-weights.ts';

export interface ListRules {
  readonly deny: readonly ListWeight[];
  readonly allow: readonly ListWeight[];
  readonly domains: readonly ListWeight[];
  /** Sum over the lists of addresses from which on the client is refused at RCPT; null for never. */
  readonly refuseAt: number | null;
  readonly onFault: 'accept' | 'defer';
}

export const addressListCheck = ({ deny, allow, refuseAt, onFault }: ListRules): Check<ListLearnable> => ({
  name: 'dns-list',
  stage: 'rcpt',
  roles: ['mx'],
  needs: ['addressLists'],
  onFault,
  judge({ client, learnt: { addressLists } }) {
    if (addressLists?.kind !== 'known') return [];
    const findings = weighLists('dns-list', addressLists.value, [...deny, ...allow], onFault);
    const sum = findings.reduce((total, { score }) => total + score, 0);
    if (refuseAt === null || sum < refuseAt || findings.some(({ verdict }) => verdict === 'reject'))
      return findings;
    const against = new Set(
      findings.filter(({ score }) => score > 0).map(({ rule }) => rule.slice('dns-list.'.length)),
    );
    const listing = addressLists.value.listed.find(
      ({ list, text }) => against.has(list) && text !== undefined,
    );
    return [...findings, refusal(client.address, [...against].join(', '), listing?.text, sum, refuseAt)];
  },
});

const refusal = (
  address: string,
  lists: string,
  text: string | undefined,
  sum: number,
  refuseAt: number,
): Finding => ({
  rule: 'dns-list.sum',
  score: 0,
  evidence: `${address} is listed by ${lists}, together ${Math.round(sum * 100) / 100}; lists.refuseAt is ${refuseAt}`,
  verdict: 'reject',
  reply: replies.listed(address, lists, text),
});

export const domainListCheck = ({ domains, onFault }: ListRules): Check<ListLearnable> => ({
  name: 'domain-list',
  stage: 'rcpt',
  roles: ['mx'],
  needs: ['domainLists'],
  onFault,
  judge: ({ learnt: { domainLists } }) =>
    domainLists?.kind === 'known' ? weighLists('domain-list', domainLists.value, domains, onFault) : [],
});

export const urlListCheck = ({ domains, onFault }: ListRules): Check<ListLearnable> => ({
  name: 'url-list',
  stage: 'message',
  roles: ['mx'],
  needs: ['urlLists'],
  onFault,
  judge: ({ learnt: { urlLists } }) =>
    urlLists?.kind === 'known' ? weighLists('url-list', urlLists.value, domains, onFault) : [],
});
