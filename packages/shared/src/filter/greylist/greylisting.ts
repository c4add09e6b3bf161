/**
 * facts → judge → conduct: greylisting as a part of the list in checking.ts. What is learnt of a message is only looked up;
 * it is noted once the verdict is there, so that what nobody asked to come back is not kept.
 */
import { join } from 'node:path';
import { openGreylist } from './state.ts';
import { greylistLearner } from './learn.ts';
import type { Learner } from '../contract/learner.ts';
import type { Topics } from '../../platform/topics.ts';
import { createNetworks, isLocalAddress } from '../../platform/network/addresses.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { Log } from '../../platform/log/log.ts';
import type { Settings } from '../../config/settings.ts';
import { recipientKey } from '../../platform/values/address.ts';
import type { Judged } from '../contract/judged.ts';
import type { SpfLearnable } from '../spf/facts.ts';
import type { GreylistLearnable } from './facts.ts';

export interface GreylistingParts {
  settings(): Settings;
  /** The spool's. */
  readonly directory: string;
  /** False where another worker writes there. */
  readonly keeps: boolean;
  readonly topics: Topics;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Greylisting {
  /** None while it is off. */
  learners(): readonly Learner<SpfLearnable>[];
  /** A message was judged. */
  judged(judged: Judged<GreylistLearnable>): void;
  close(): Promise<void>;
}

export function openGreylisting(parts: GreylistingParts): Greylisting {
  const { settings, directory, keeps, topics, clock, log } = parts;
  const greylist = openGreylist({
    directory: join(directory, 'conduct'),
    keeps,
    rules: () => settings().greylist,
    clock,
    onFault: (error) => log.error('greylist.journal-fault', { err: error }),
  });
  const topic = topics.add({ name: 'greylist', look: greylist.look, all: greylist.all, take: greylist.take });
  greylist.onChange((key) => topic.tell(key));

  return {
    learners() {
      if (settings().greylist.mode === 'off') return [];
      const exempt = createNetworks(settings().rates.exempt);
      const isStranger = (address: string): boolean => !isLocalAddress(address) && !exempt.has(address);
      return [greylistLearner({ isStranger, standing: greylist.standing })];
    },
    judged({ facts, judgements }) {
      const { greylist: fact } = facts.learnt;
      if (fact?.kind !== 'known') return;
      const { origin, standing } = fact.value;
      const verdicts = judgements.map(({ verdict }) => verdict);
      if (verdicts.some(({ kind, reason }) => kind === 'defer' && reason.startsWith('greylist:')))
        greylist.deferred({
          origin,
          reversePath: facts.reversePath,
          recipients: facts.recipients.map(recipientKey),
        });
      else if (
        (standing === 'ripe' || standing === 'learnt') &&
        verdicts.every(({ kind }) => kind === 'accept' || kind === 'tag')
      )
        greylist.taken(origin);
    },
    close: () => greylist.close(),
  };
}
