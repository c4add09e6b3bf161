/**
 * facts → judge: what is learnt of clients and messages, and what follows from it, at RCPT and at the end of DATA.
 * Nothing here rejects but what is a fault of ours.
 */
import type { Check, CheckStage } from '../contract/check.ts';
import type * as contract from '../contract/judged.ts';
import { after } from '../../platform/fast/after.ts';
import { judgeFacts } from './judge-facts.ts';
import type { Policy } from '../policies/policy.ts';
import type { Settings } from '../../config/settings.ts';
import type { Envelope, Recipient } from '../../platform/values/envelope.ts';
import type { Facts, Learnable, Learnt } from './facts.ts';
import type { Message } from '../contract/message.ts';
import type { Session } from '../../platform/values/session.ts';
import { createLayers, type LayerParts, type Layers, type Sender } from './fact-layers.ts';

export interface JudgingParts extends LayerParts {
  settings(): Settings;
  checks(): readonly Check<Learnable>[];
  /** Told of every judgement of a message. */
  judged?(judged: Judged): void;
  /** What a recipient wants; the same object for those who want the same. */
  policyOf(recipient: string): Policy;
}

export type Judged = contract.Judged<Learnable>;

export interface Judging extends Pick<Layers, 'known'> {
  /** MAIL was taken: begins to learn what will be asked for. */
  begin(sender: Sender, session: Session): void;
  rcpt(recipient: Recipient, envelope: Envelope, session: Session): Judged | Promise<Judged>;
  message(message: Message): Judged | Promise<Judged>;
}

export function createJudging(parts: JudgingParts): Judging {
  const { settings, clock } = parts;
  const layers = createLayers(parts);

  const judge = (facts: Facts, stage: CheckStage, of: readonly Recipient[]): Judged => ({
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
      if (settings().judge.mode !== 'off') layers.begin(sender, session);
    },
    rcpt(recipient, envelope, session) {
      const recipients = [...envelope.recipients, recipient];
      const at = clock.now();
      return after(layers.atRcpt(recipient, envelope, session), (learnt) =>
        judge(factsOf(session, envelope, recipients, at, learnt), 'rcpt', [recipient]),
      );
    },
    message(message) {
      const { session, envelope, receivedAt } = message;
      const { sizeBytes, hops, eightBit } = message.body;
      return after(layers.ofMessage(message), (learnt) => {
        const { recipients } = envelope;
        const facts = factsOf(session, envelope, recipients, receivedAt, learnt);
        const judged = judge({ ...facts, message: { sizeBytes, hops, eightBit } }, 'message', recipients);
        parts.judged?.(judged);
        return judged;
      });
    },
    known: layers.known,
  };
}

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
