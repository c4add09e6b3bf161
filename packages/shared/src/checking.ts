/**
 * The one list of what is learnt and what is checked, as configured. A learner lives in `facts/`, what it brings is named
 * in `values/facts.ts`, the check that reads it lives in `judge/`; here they meet, each with its part of the settings.
 */
import { bayesLearner } from './facts/bayes/learn-bayes.ts';
import { authenticationChecks, authenticationLearners } from './authenticating.ts';
import { contentLearner } from './facts/content/learn-content.ts';
import { openContents } from './facts/content/open-contents.ts';
import type { List } from './facts/dns-lists/ask-list.ts';
import { addressListLearner, domainListLearner, urlListLearner } from './facts/dns-lists/learn-lists.ts';
import { createDnsLists } from './facts/dns-lists/lists.ts';
import type { ListState } from './facts/dns-lists/watched-list.ts';
import { heloNameLearner } from './facts/helo-name.ts';
import type { Inquiry, Learner } from './facts/learner.ts';
import { reverseNameLearner } from './facts/reverse-name.ts';
import { attachmentsCheck } from './judge/attachments.ts';
import { bayesCheck } from './judge/bayes.ts';
import type { Check } from './judge/check.ts';
import { clientNameCheck } from './judge/client-name.ts';
import { contentCheck } from './judge/content.ts';
import { addressListCheck, domainListCheck, urlListCheck } from './judge/dns-lists.ts';
import { heloCheck } from './judge/helo.ts';
import { loopCheck } from './judge/loop.ts';
import { openLearning, type Learning } from './learning.ts';
import type { Topics } from './pair/topics.ts';
import type { Clock } from './system/clock.ts';
import type { Log } from './system/log.ts';
import type { Metrics } from './system/metrics.ts';
import type { Resolver } from './system/resolver.ts';
import type { Settings } from './system/settings.ts';
import type { ListenerRole } from './values/session.ts';

export interface CheckingParts {
  settings(): Settings;
  /** Our host name. */
  readonly host: string;
  /** A directory of the spool's, where what is learnt may be kept over restarts. */
  readonly directory: string;
  readonly resolver: Resolver;
  /** Without it another process has the directory open: nothing is learnt that is kept. */
  readonly topics?: Topics;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'listAnswer' | 'watchLists'>;
}

export interface Checking {
  learners(): readonly Learner[];
  checks(): readonly Check[];
  /** How the lists in DNS are. */
  lists(): readonly ListState[];
  /** The classifier. */
  readonly learning: Learning;
  /** After the settings changed. */
  reload(): void;
  close(): Promise<void>;
}

/** A look-up that lasts longer than this part of the time for RCPT is given up by itself, so that the others count. */
const PATIENCE = 0.8;

export async function openChecking(parts: CheckingParts): Promise<Checking> {
  const { settings, resolver, clock, log, metrics } = parts;
  const lists = createDnsLists({
    rules: () => settings().lists,
    resolver,
    clock,
    log,
    counted: metrics.listAnswer,
  });
  metrics.watchLists(lists.states);
  const contents = openContents(() => ({
    timeoutMs: settings().judge.messageBudgetMs * PATIENCE,
    depth: settings().attachments.depth,
    bytes: settings().attachments.unpackBytes,
  }));
  const learning = openLearning({ ...parts, contentOf: contents.contentOf });
  const urlsOf = async ({ message }: Inquiry): Promise<readonly string[]> =>
    message ? (await contents.contentOf(message.body)).urls : [];
  const patienceMs = (): number => settings().judge.rcptBudgetMs * PATIENCE;
  const isHosted = (domain: string): boolean => settings().domains.some(({ name }) => name === domain);
  let learners: readonly Learner[] = [];
  let checks: readonly Check[] = [];
  function reload(): void {
    lists.set(listsOf(settings()));
    learning.reload();
    learners = [
      reverseNameLearner(resolver, patienceMs),
      heloNameLearner(resolver, patienceMs),
      addressListLearner(lists),
      domainListLearner(lists, isHosted),
      ...authenticationLearners(settings(), {
        resolver,
        host: parts.host,
        patienceMs,
        ownAddresses: ownNamesOf(settings()).ownAddresses,
      }),
      urlListLearner(lists, isHosted, urlsOf),
      contentLearner(contents),
      bayesLearner({ bayes: learning, roles: bayesRoles(settings()), contentOf: contents.contentOf }),
    ];
    checks = checksOf(settings());
  }
  reload();
  return {
    learners: () => learners,
    checks: () => checks,
    lists: lists.states,
    learning,
    reload,
    close: async () => {
      lists.close();
      await learning.close();
      await contents.close();
    },
  };
}

/** Pure, so that what was learnt once can be judged again by other settings. */
export function checksOf(settings: Settings): readonly Check[] {
  const { smtp, lists, clients, content, attachments } = settings;
  return [
    loopCheck(smtp.maxHops),
    clientNameCheck(clients),
    heloCheck({
      ...ownNamesOf(settings),
      hostedDomains: settings.domains.map(({ name }) => name),
      refuseOurName: clients.refuseOurName,
      scores: clients,
    }),
    addressListCheck(lists),
    domainListCheck(lists),
    urlListCheck(lists),
    contentCheck(content),
    attachmentsCheck(attachments),
    bayesCheck({ ...settings.bayes, roles: bayesRoles(settings) }),
    ...authenticationChecks(settings),
  ];
}

/** The listeners whose mail is classified. */
const bayesRoles = ({ bayes: { mode } }: Settings): readonly ListenerRole[] =>
  mode === 'all' ? ['mx', 'submission'] : mode === 'mx' ? ['mx'] : [];

/** The names and addresses by which the pair is known, on all its nodes. */
function ownNamesOf({ inbound, outbound }: Settings): { ownNames: string[]; ownAddresses: string[] } {
  const all = [inbound, outbound].flatMap((host) => [
    { host: host.host, addresses: [...host.addresses, ...host.sourceAddresses] },
    ...host.nodes,
  ]);
  return {
    ownNames: all.map(({ host }) => host),
    ownAddresses: all.flatMap(({ addresses }) => addresses),
  };
}

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
