/**
 * facts: what is learnt of client, sender, recipient and message, in layers each over the one before: of the client once a
 * session, of the sender once a transaction.
 */
import { Layer, type Question } from './gather.ts';
import type { Learner, LearnerStage } from '../contract/learner.ts';
import type { Message } from '../contract/message.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { Settings } from '../../config/settings.ts';
import type { Envelope, Recipient } from '../../platform/values/envelope.ts';
import type { FactName, Learnable, Learnt } from './facts.ts';
import type { Session } from '../../platform/values/session.ts';

export interface LayerParts {
  settings(): Pick<Settings, 'judge'>;
  /** Made anew when the settings change. */
  learners(): readonly Learner<Learnable>[];
  readonly clock: Clock;
}

export type Sender = Omit<Envelope, 'recipients'>;

export interface Layers {
  /** Begins to learn of client and sender. */
  begin(sender: Sender, session: Session): void;
  atRcpt(recipient: Recipient, envelope: Envelope, session: Session): Learnt | Promise<Learnt>;
  ofMessage(message: Message): Learnt | Promise<Learnt>;
  /** What has been learnt of the client by now. */
  known<N extends FactName>(name: N, session: Session): Learnable[N] | undefined;
}

export function createLayers(parts: LayerParts): Layers {
  const { settings, clock } = parts;
  const clients = new WeakMap<Session, { helo: string; layer: Layer }>();
  const senders = new WeakMap<Sender, Layer>();
  const choose = chooser();
  const rcptBudgetMs = (): number => settings().judge.rcptBudgetMs;

  const learners = ({ role }: Session, stage: LearnerStage): readonly Learner<Learnable>[] =>
    settings().judge.mode === 'off' ? nobody : choose(parts.learners(), stage, role);

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

  return {
    begin: (sender, session) => void senderLayer(session, sender),
    atRcpt(recipient, envelope, session) {
      const below = senderLayer(session, envelope);
      const stage = learners(session, 'recipient');
      if (stage.length === 0) return below.learnt();
      const asked = { ...question(session, envelope, envelope.recipients), recipient };
      return new Layer(stage, asked, rcptBudgetMs(), below).learnt();
    },
    ofMessage({ id, session, envelope, body, head }) {
      const below = senderLayer(session, envelope);
      const stage = learners(session, 'message');
      if (stage.length === 0) return below.learnt();
      const asked = { ...question(session, envelope, envelope.recipients), message: { id, body, head } };
      return new Layer(stage, asked, settings().judge.messageBudgetMs, below).learnt();
    },
    known: (name, session) => clients.get(session)?.layer.known(name),
  };
}

const nobody: readonly Learner<Learnable>[] = [];

type Chooser = (
  all: readonly Learner<Learnable>[],
  stage: LearnerStage,
  role: Session['role'],
) => readonly Learner<Learnable>[];

/** Those of a stage for a role are chosen once, until all are made anew. */
function chooser(): Chooser {
  const chosen = new WeakMap<readonly Learner<Learnable>[], Map<string, readonly Learner<Learnable>[]>>();
  return (all, stage, role) => {
    let byPlace = chosen.get(all);
    if (!byPlace) chosen.set(all, (byPlace = new Map<string, readonly Learner<Learnable>[]>()));
    const place = `${stage} ${role}`;
    let some = byPlace.get(place);
    if (!some) {
      some = all.filter((each) => each.stage === stage && each.roles.includes(role));
      byPlace.set(place, some);
    }
    return some;
  };
}
