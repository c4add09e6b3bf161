/**
 * facts → judge: what is learnt of clients and messages, and what follows from it, at RCPT and at the end of DATA.
 * Facts of the client are learnt once a session, those of the sender once a transaction. Nothing here rejects but what
 * is a fault of ours.
 */
import { Layer, type Question } from './facts/gather.ts';
import type { Learner, LearnerStage } from './facts/learner.ts';
import type { Check } from './judge/check.ts';
import { judgeFacts, type Judgements } from './judge/judge-facts.ts';
import type { Policy } from './judge/policy.ts';
import type { Message } from './message.ts';
import type { Clock } from './system/clock.ts';
import type { Settings } from './system/settings.ts';
import type { Envelope, Recipient } from './values/envelope.ts';
import type { FactName, Facts, Learnable, Learnt } from './values/facts.ts';
import type { Session } from './values/session.ts';

export interface JudgingParts {
  settings(): Settings;
  /** Made anew when the settings change. */
  learners(): readonly Learner[];
  checks(): readonly Check[];
  /** Told of every judgement of a message. */
  judged?(judged: Judged): void;
  /** What a recipient wants; the same object for those who want the same. */
  policyOf(recipient: string): Policy;
  readonly clock: Clock;
}

export interface Judged extends Judgements {
  readonly facts: Facts;
}

type Sender = Omit<Envelope, 'recipients'>;

export interface Judging {
  /** MAIL was taken: begins to learn what will be asked for. */
  begin(sender: Sender, session: Session): void;
  rcpt(recipient: Recipient, envelope: Envelope, session: Session): Judged | Promise<Judged>;
  message(message: Message): Judged | Promise<Judged>;
  /** What has been learnt of the client by now. */
  known<N extends FactName>(name: N, session: Session): Learnable[N] | undefined;
}

export function createJudging(parts: JudgingParts): Judging {
  const { settings, clock } = parts;
  const clients = new WeakMap<Session, { helo: string; layer: Layer }>();
  const senders = new WeakMap<Sender, Layer>();

  /** Chosen once, until the settings change. */
  const chosen = new WeakMap<readonly Learner[], Map<string, readonly Learner[]>>();

  function learners({ role }: Session, stage: LearnerStage): readonly Learner[] {
    if (settings().judge.mode === 'off') return nobody;
    const all = parts.learners();
    let byPlace = chosen.get(all);
    if (!byPlace) chosen.set(all, (byPlace = new Map<string, readonly Learner[]>()));
    const place = `${stage} ${role}`;
    let some = byPlace.get(place);
    if (!some) {
      some = all.filter((each) => each.stage === stage && each.roles.includes(role));
      byPlace.set(place, some);
    }
    return some;
  }

  const question = (session: Session, envelope: Sender, recipients: readonly Recipient[] = []): Question => ({
    at: clock.now(),
    session,
    envelope,
    recipients,
  });

  function clientLayer(session: Session, envelope: Sender): Layer {
    const known = clients.get(session);
    if (known?.helo === session.helo) return known.layer;
    const layer = new Layer(learners(session, 'client'), question(session, envelope), rcptBudgetMs());
    clients.set(session, { helo: session.helo, layer });
    return layer;
  }

  function senderLayer(session: Session, envelope: Sender): Layer {
    const known = senders.get(envelope);
    if (known) return known;
    const below = clientLayer(session, envelope);
    const stage = learners(session, 'sender');
    if (stage.length === 0) return below;
    const layer = new Layer(stage, question(session, envelope), rcptBudgetMs(), below);
    senders.set(envelope, layer);
    return layer;
  }

  /** What is learnt at RCPT of one recipient. */
  function learntAtRcpt(
    recipient: Recipient,
    envelope: Envelope,
    session: Session,
    below: Layer,
  ): Learnt | Promise<Learnt> {
    const stage = learners(session, 'recipient');
    if (stage.length === 0) return below.learnt();
    const asked = { ...question(session, envelope, envelope.recipients), recipient };
    return new Layer(stage, asked, rcptBudgetMs(), below).learnt();
  }

  function learntOfMessage({ id, session, envelope, body, head }: Message): Learnt | Promise<Learnt> {
    const below = senderLayer(session, envelope);
    const stage = learners(session, 'message');
    if (stage.length === 0) return below.learnt();
    const asked = { ...question(session, envelope, envelope.recipients), message: { id, body, head } };
    return new Layer(stage, asked, settings().judge.messageBudgetMs, below).learnt();
  }

  const rcptBudgetMs = (): number => settings().judge.rcptBudgetMs;

  const judge = (facts: Facts, stage: Check['stage'], of: readonly Recipient[]): Judged => ({
    facts,
    ...judgeFacts(
      facts,
      stage,
      of.map(({ address }) => address),
      { mode: settings().judge.mode, checks: parts.checks(), policyOf: (address) => parts.policyOf(address) },
    ),
  });

  return {
    begin(sender, session) {
      if (settings().judge.mode !== 'off') senderLayer(session, sender);
    },
    rcpt(recipient, envelope, session) {
      const recipients = [...envelope.recipients, recipient];
      const at = clock.now();
      return whenKnown(learntAtRcpt(recipient, envelope, session, senderLayer(session, envelope)), (learnt) =>
        judge(factsOf(session, envelope, recipients, at, learnt), 'rcpt', [recipient]),
      );
    },
    message(message) {
      const { session, envelope, receivedAt } = message;
      const { sizeBytes, hops, eightBit } = message.body;
      return whenKnown(learntOfMessage(message), (learnt) => {
        const { recipients } = envelope;
        const facts = factsOf(session, envelope, recipients, receivedAt, learnt);
        const judged = judge({ ...facts, message: { sizeBytes, hops, eightBit } }, 'message', recipients);
        parts.judged?.(judged);
        return judged;
      });
    },
    known: (name, session) => clients.get(session)?.layer.known(name),
  };
}

const nobody: readonly Learner[] = [];

const whenKnown = <T>(learnt: Learnt | Promise<Learnt>, then: (learnt: Learnt) => T): T | Promise<T> =>
  learnt instanceof Promise ? learnt.then(then) : then(learnt);

const factsOf = (
  { role, client, helo, tls, trusted, user, spokeEarly }: Session,
  { reversePath }: Sender,
  recipients: readonly Recipient[],
  at: number,
  learnt: Learnt,
): Facts => {
  const known: { -readonly [K in keyof Facts['client']]: Facts['client'][K] } = {
    address: client.address,
    helo,
    tls: tls !== undefined,
    trusted,
  };
  if (user !== undefined) known.user = user;
  if (spokeEarly) known.spokeEarly = spokeEarly;
  return { role, at, client: known, reversePath, recipients: recipients.map(addressOf), learnt };
};

const addressOf = ({ address }: Recipient): string => address;
