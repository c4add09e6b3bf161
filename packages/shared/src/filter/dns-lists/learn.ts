/**
 * What lists say of the client's address, of the domains it goes by, and of the hosts in its message. Clients that are
 * trusted or of this site are not asked about, nor are the hosted domains.
 */
import { domainOf } from '../../platform/values/address.ts';
import type { ListFacts, ListLearnable } from './facts.ts';
import { inTime } from '../contract/in-time.ts';
import type { ClientNameLearnable } from '../client-name/facts.ts';
import type { Inquiry, Learner, LearnerOf } from '../contract/learner.ts';
import { askAll } from './ask-all.ts';
import type { Place } from './ask-list.ts';
import type { DnsLists } from './lists.ts';
import type { WatchedList } from './watched-list.ts';
import { hostOfUrl, subjectOfAddress, subjectOfHost, type Subject } from './subjects.ts';

/** Hosts of one message that are asked about. */
const HOSTS = 20;
/** How long the reverse name is waited for before domain lists are asked without it. */
const REVERSE_NAME_MS = 1_000;

/** The client's own address, unless it is none that others could know of. */
const clientOf = ({ session }: Inquiry): Subject | undefined =>
  session.trusted ? undefined : subjectOfAddress(session.client.address);

/** The URLs in the message that is asked about. */
export type UrlsOf = (of: Pick<Inquiry, 'message' | 'session'>) => Promise<readonly string[]>;

/** Of lists that are asked now. */
export const listLearners = (
  lists: DnsLists,
  isHosted: (domain: string) => boolean,
  urlsOf: UrlsOf,
): readonly Learner<ClientNameLearnable>[] => [
  ...(lists.asking('client').length > 0 ? [addressListLearner(lists)] : []),
  ...(lists.asking('sender', 'helo', 'reverse').length > 0 ? [domainListLearner(lists, isHosted)] : []),
  ...(lists.asking('urls').length > 0 ? [urlListLearner(lists, isHosted, urlsOf)] : []),
];

export const addressListLearner = (lists: DnsLists): LearnerOf<ListLearnable, 'addressLists'> => ({
  name: 'addressLists',
  stage: 'client',
  roles: ['mx'],
  learn(inquiry) {
    const asked = lists.asking('client');
    const client = asked.length > 0 ? clientOf(inquiry) : undefined;
    return client && askAll(asked.map((list) => ({ list, subjects: [client] })));
  },
});

export const domainListLearner = (
  lists: DnsLists,
  isHosted: (domain: string) => boolean,
): LearnerOf<ListLearnable, 'domainLists', ClientNameLearnable> => ({
  name: 'domainLists',
  stage: 'sender',
  roles: ['mx'],
  learn(inquiry) {
    const asked = lists.asking('sender', 'helo', 'reverse');
    return asked.length > 0 && clientOf(inquiry) ? askAboutDomains(inquiry, asked, isHosted) : undefined;
  },
});

async function askAboutDomains(
  inquiry: Inquiry<ClientNameLearnable>,
  asked: readonly WatchedList[],
  isHosted: (domain: string) => boolean,
): Promise<ListFacts> {
  const { envelope, session } = inquiry;
  const hosts: { readonly [P in Place]?: string } = {
    sender: domainOf(envelope.reversePath),
    helo: session.helo,
    reverse: asked.some(({ list }) => list.asks.includes('reverse')) ? await reverseNameIn(inquiry) : '',
  };
  return askAll(
    asked.map((list) => {
      const named = list.list.asks.map((place) => hosts[place] ?? '');
      return { list, subjects: subjectsOf(named, isHosted) };
    }),
  );
}

async function reverseNameIn(inquiry: Inquiry<ClientNameLearnable>): Promise<string> {
  const fact = await inTime(REVERSE_NAME_MS, inquiry.fact('reverseName'), () => undefined);
  return (fact?.kind === 'known' && fact.value.confirmed) || '';
}

export const urlListLearner = (
  lists: DnsLists,
  isHosted: (domain: string) => boolean,
  urlsOf: UrlsOf,
): LearnerOf<ListLearnable, 'urlLists'> => ({
  name: 'urlLists',
  stage: 'message',
  roles: ['mx'],
  learn(inquiry) {
    const asked = lists.asking('urls');
    if (asked.length === 0 || inquiry.session.trusted) return undefined;
    return urlsOf(inquiry).then((urls) => askAboutHosts(urls.map(hostOfUrl), asked, isHosted));
  },
});

async function askAboutHosts(
  hosts: readonly string[],
  asked: readonly WatchedList[],
  isHosted: (domain: string) => boolean,
): Promise<ListFacts | undefined> {
  const all = subjectsOf(hosts, isHosted);
  if (all.length === 0) return undefined;
  const subjects = all.slice(0, HOSTS);
  const facts = await askAll(asked.map((list) => ({ list, subjects })));
  return all.length > HOSTS ? { ...facts, leftOut: all.length - HOSTS } : facts;
}

/** Each once, in order. */
function subjectsOf(hosts: readonly string[], isHosted: (domain: string) => boolean): readonly Subject[] {
  const found = new Map<string, Subject>();
  for (const host of hosts) {
    const subject = subjectOfHost(host);
    if (subject && !isHosted(host) && !isHosted(subject.subject)) found.set(subject.subject, subject);
  }
  return [...found.values()];
}
