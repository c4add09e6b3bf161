/**
 * The one list of what is learnt and what is checked, as configured. A learner lives in `facts/`, what it brings is named
 * in `filter/contract/facts.ts`, the check that reads it lives in `judge/`; here they meet, each with its part of the settings.
 */
import { bayesLearner } from '../bayes/learn.ts';
import { contentLearner } from '../content/learn.ts';
import { openContents } from '../content/open-contents.ts';
import type { List } from '../dns-lists/ask-list.ts';
import { listLearners } from '../dns-lists/learn.ts';
import { createDnsLists } from '../dns-lists/lists.ts';
import type { ListState } from '../dns-lists/watched-list.ts';
import type { EngineState } from '../engines/engine-servers.ts';
import { createEngines } from '../engines/engines.ts';
import { heloNameLearner } from '../client-name/learn-helo-name.ts';
import type { Inquiry, Learner } from '../contract/learner.ts';
import { namedFieldsLearner } from '../content/learn-named-fields.ts';
import { reverseNameLearner } from '../client-name/learn-reverse-name.ts';
import { authorLearner, submitterLearner, usageLearner, type Charge } from '../submitters/learn.ts';
import { attachmentsCheck } from '../content/attachments-check.ts';
import { bayesCheck } from '../bayes/check.ts';
import type { Check } from '../contract/check.ts';
import { clientNameCheck } from '../client-name/check.ts';
import { contentCheck } from '../content/check.ts';
import { addressListCheck, domainListCheck, urlListCheck } from '../dns-lists/check.ts';
import { earlyTalkerCheck } from '../client-name/early-talker-check.ts';
import { greylistCheck } from '../greylist/check.ts';
import { heloCheck } from '../client-name/helo-check.ts';
import { loopCheck } from '../loop/check.ts';
import type { Policy } from '../policies/policy.ts';
import { rspamdCheck } from '../engines/rspamd-check.ts';
import { authorCheck, reversePathCheck } from '../submitters/sender-check.ts';
import { submitterLimitsCheck } from '../submitters/limits-check.ts';
import { virusCheck } from '../engines/virus-check.ts';
import { ownNamesOf } from '../../config/own-names.ts';
import type { Topics } from '../../platform/topics.ts';
import { createSubmitterRules } from '../../directory/submitters/rules.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { Log } from '../../platform/log/log.ts';
import type { Metrics } from '../../platform/metrics/metrics.ts';
import type { Resolver } from '../../platform/dns/resolver.ts';
import type { Settings } from '../../config/settings.ts';
import type { JudgingState } from './judging-state.ts';
import type { ListenerRole } from '../../platform/values/session.ts';
import { authenticationChecks, authenticationLearners } from './authenticating.ts';
import { openGreylisting } from '../greylist/greylisting.ts';
import type { Learnable } from './facts.ts';
import type { Judged } from './judging.ts';
import { openLearning, type Learning } from '../bayes/learning.ts';
import { policiesOf } from '../policies/policies.ts';

export interface CheckingParts {
  settings(): Settings;
  /** Our host name. */
  readonly host: string;
  /** A directory of the spool's, where what is learnt may be kept over restarts. */
  readonly directory: string;
  readonly resolver: Resolver;
  /** What a password file holds. */
  passwordIn(file: string): string;
  /** Without it another process has the directory open: nothing is learnt that is kept. */
  readonly topics?: Topics;
  /** False where another worker keeps it, and this one learns with it. */
  readonly keeps?: boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'listAnswer' | 'watchLists' | 'engineAnswer' | 'watchEngines'>;
  /** Counts a message of a submitter; absent where mail is only looked at. */
  readonly charge?: Charge;
}

export interface Checking {
  learners(): readonly Learner<Learnable>[];
  checks(): readonly Check<Learnable>[];
  policyOf(recipient: string): Policy;
  /** How the lists in DNS are. */
  lists(): readonly ListState[];
  /** Told of every judgement of a message. */
  judged(judged: Judged): void;
  /** How the servers of the engines are. */
  engines(): readonly EngineState[];
  /** The classifier. */
  readonly learning: Learning;
  /** Which checks are on. */
  judging(): JudgingState;
  /** After the settings changed. */
  reload(): void;
  close(): Promise<void>;
}

/** A look-up that lasts longer than this part of the time for RCPT is given up by itself, so that the others count. */
const PATIENCE = 0.8;
/** CPU time that reading one message may take, as a part of the time for it: some others may be read before it. */
const CPU_SHARE = 0.15;
/** Whose messages are learnt. */
const operator = { client: { address: '127.0.0.1', port: 0 }, trusted: true };

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
    cpuMs: settings().judge.messageBudgetMs * CPU_SHARE,
    depth: settings().attachments.depth,
    bytes: settings().attachments.unpackBytes,
  }));
  const engines = createEngines({ clock, log, counted: metrics.engineAnswer, passwordIn: parts.passwordIn });
  metrics.watchEngines(engines.states);
  const learning = openLearning({ ...parts, contentOf: (body) => contents.contentOf(body, operator) });
  const greylisting =
    parts.topics && openGreylisting({ ...parts, topics: parts.topics, keeps: parts.keeps ?? true });
  const urlsOf = async ({
    message,
    session,
  }: Pick<Inquiry, 'message' | 'session'>): Promise<readonly string[]> =>
    message ? (await contents.contentOf(message.body, session)).urls : [];
  const patienceMs = (): number => settings().judge.rcptBudgetMs * PATIENCE;
  const isHosted = (domain: string): boolean => settings().domains.some(({ name }) => name === domain);
  let learners: readonly Learner<Learnable>[] = [];
  let checks: readonly Check<Learnable>[] = [];
  let policyOf = policiesOf(settings());
  function reload(): void {
    lists.set(listsOf(settings()));
    engines.set(settings());
    learning.reload();
    const submitterOf = createSubmitterRules(settings());
    learners = [
      reverseNameLearner(resolver, patienceMs),
      heloNameLearner(resolver, patienceMs),
      ...listLearners(lists, isHosted, urlsOf),
      ...engines.learners(),
      ...authenticationLearners(settings(), {
        resolver,
        host: parts.host,
        patienceMs,
        messagePatienceMs: () => settings().judge.messageBudgetMs * PATIENCE,
        ownAddresses: ownNamesOf(settings()).ownAddresses,
      }),
      contentLearner(contents, attachmentRoles(settings())),
      namedFieldsLearner(fieldsInRules(settings()), contents.contentOf),
      bayesLearner({ bayes: learning, roles: bayesRoles(settings()), contentOf: contents.contentOf }),
      ...(greylisting?.learners() ?? []),
      submitterLearner(submitterOf),
      authorLearner(submitterOf),
      ...(parts.charge ? [usageLearner(parts.charge)] : []),
    ];
    checks = checksOf(settings());
    policyOf = policiesOf(settings());
  }
  reload();
  return {
    learners: () => learners,
    checks: () => checks,
    policyOf: (recipient) => policyOf(recipient),
    lists: lists.states,
    judged: (judged) => greylisting?.judged(judged),
    engines: engines.states,
    judging: () => judgingState(settings(), learners, checks),
    learning,
    reload,
    close: async () => {
      lists.close();
      engines.close();
      await learning.close();
      await greylisting?.close();
      await contents.close();
    },
  };
}

/** Lower-case names. */
const fieldsInRules = ({ judge: { rules } }: Settings): ReadonlySet<string> =>
  new Set(
    rules.flatMap(({ when, unless }) =>
      [...(when.header ?? []), ...(unless?.header ?? [])].map(({ name }) => name),
    ),
  );

/** A check is on when something is learnt for it, of whom it is about. */
function judgingState(
  { judge: { mode } }: Settings,
  learners: readonly Learner<Learnable>[],
  checks: readonly Check<Learnable>[],
): JudgingState {
  const learnt = new Map(mode === 'off' ? [] : learners.map(({ name, roles }) => [name, roles]));
  const on = checks.map(({ name, stage, roles, needs, onFault }) => ({
    name,
    stage,
    roles: roles.filter((role) => needs.every((fact) => learnt.get(fact)?.includes(role))),
    onFault,
  }));
  return { mode, checks: on.filter(({ roles }) => roles.length > 0) };
}

/** Pure, so that what was learnt once can be judged again by other settings. */
export function checksOf(settings: Settings): readonly Check<Learnable>[] {
  const checks = checksOfMessages(settings);
  const rules = { ...settings.greylist, hopelessAt: settings.judge.rejectAt };
  return [...checks, greylistCheck(rules)];
}

function checksOfMessages(settings: Settings): readonly Check<Learnable>[] {
  const { smtp, lists, clients, clamav, rspamd } = settings;
  const submitterOf = createSubmitterRules(settings);
  return [
    loopCheck(smtp.maxHops),
    clientNameCheck(clients),
    ...(settings.judge.mode === 'off' ? [] : [earlyTalkerCheck(clients.earlyTalker)]),
    heloCheck({
      ...ownNamesOf(settings),
      hostedDomains: settings.domains.map(({ name }) => name),
      refuseOurName: clients.refuseOurName,
      scores: clients,
    }),
    addressListCheck(lists),
    domainListCheck(lists),
    urlListCheck(lists),
    contentCheck(settings.content),
    attachmentsCheck({ ...settings.attachments, roles: attachmentRoles(settings) }),
    virusCheck(clamav),
    rspamdCheck(rspamd),
    bayesCheck({ ...settings.bayes, roles: bayesRoles(settings) }),
    ...authenticationChecks(settings),
    reversePathCheck(submitterOf),
    authorCheck(submitterOf),
    submitterLimitsCheck,
  ];
}

/** The listeners whose attachments are judged. */
const attachmentRoles = ({ attachments }: Settings): readonly ListenerRole[] =>
  attachments.submitters ? ['mx', 'submission'] : ['mx'];

/** The listeners whose mail is classified. */
const bayesRoles = ({ bayes: { mode } }: Settings): readonly ListenerRole[] =>
  mode === 'all' ? ['mx', 'submission'] : mode === 'mx' ? ['mx'] : [];

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
