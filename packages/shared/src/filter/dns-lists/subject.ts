/** What lists in DNS (RFC 5782) say of the client, of the domains it goes by, and of the hosts in its message. */
import type { Settings } from '../../config/settings.ts';
import type { ClientNameLearnable } from '../client-name/facts.ts';
import type { Subject, SubjectParts } from '../contract/subject.ts';
import type { List } from './ask-list.ts';
import { addressListCheck, domainListCheck, urlListCheck } from './check.ts';
import type { ListLearnable } from './facts.ts';
import { listLearners, type UrlsOf } from './learn.ts';
import { createDnsLists } from './lists.ts';
import { listMetrics } from './metrics.ts';

export const dnsLists = {
  checks: ({ lists }) => [addressListCheck(lists), domainListCheck(lists), urlListCheck(lists)],
  open({ settings, resolver, clock, log, metrics, contentOf }: SubjectParts) {
    const counted = listMetrics(metrics, () => lists.states());
    const lists = createDnsLists({ rules: () => settings().lists, resolver, clock, log, counted });
    const isHosted = (domain: string): boolean => settings().domains.some(({ name }) => name === domain);
    const urlsOf: UrlsOf = async ({ message, session }) =>
      message ? (await contentOf(message.body, session)).urls : [];
    return {
      configure(changed: Settings) {
        lists.set(listsOf(changed));
        return listLearners(lists, isHosted, urlsOf);
      },
      states: lists.states,
      close: lists.close,
    };
  },
} satisfies Subject<ListLearnable & ClientNameLearnable>;

/** What is asked of which list; nothing while nothing is judged. */
function listsOf({ judge, lists: { deny, allow, domains, refuseAt } }: Settings): List[] {
  if (judge.mode === 'off') return [];
  const list = ({ name, zone, codes, test }: (typeof deny)[number]) => ({
    name,
    zone,
    codes: codes.map(({ code }) => code),
    test,
  });
  return [
    ...deny.map((each) => ({
      ...list(each),
      asks: ['client'] as const,
      refuses: each.verdict === 'reject' || refuseAt !== null,
    })),
    ...allow.map((each) => ({ ...list(each), asks: ['client'] as const, refuses: false })),
    ...domains.map((each) => ({ ...list(each), asks: each.ask, refuses: each.verdict === 'reject' })),
  ];
}
