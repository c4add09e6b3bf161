/**
 * Who is new and suspicious is asked to come back (RFC 6647). What is learnt of a message is only looked up; it is noted once the
 * verdict is there, so that what nobody asked to come back is not kept.
 */
import { join } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import { createNetworks, isLocalAddress } from '../../platform/network/addresses.ts';
import { recipientKey } from '../../platform/values/address.ts';
import type { Judged } from '../contract/judged.ts';
import type { Subject } from '../contract/subject.ts';
import type { AuthenticationLearnable } from '../dkim-dmarc-arc/facts.ts';
import type { SpfLearnable } from '../spf/facts.ts';
import { greylistCheck } from './check.ts';
import type { GreylistLearnable } from './facts.ts';
import { greylistLearner } from './learn.ts';
import { openGreylist, type Greylist } from './state.ts';

type Reads = GreylistLearnable & SpfLearnable & AuthenticationLearnable;

export const greylist = {
  checks: (settings) => [greylistCheck({ ...settings.greylist, hopelessAt: settings.judge.rejectAt })],
  open({ settings, directory, topics, keeps = true, clock, log }) {
    if (!topics) return { configure: () => [] };
    const kept = openGreylist({
      directory: join(directory, 'conduct'),
      keeps,
      rules: () => settings().greylist,
      clock,
      onFault: (error) => log.error('greylist.journal-fault', { err: error }),
    });
    const topic = topics.add({
      name: 'greylist',
      look: (key) => kept.look(key),
      all: () => kept.all(),
      take: (items) => kept.take(items),
    });
    kept.onChange((key) => topic.tell(key));
    return {
      configure: (changed: Settings) => learnersBy(changed, kept),
      judged: (judged: Judged<GreylistLearnable>) => note(judged, kept),
      close: () => kept.close(),
    };
  },
} satisfies Subject<Reads>;

/** None while it is off. */
function learnersBy({ greylist: { mode }, rates }: Settings, kept: Greylist) {
  if (mode === 'off') return [];
  const exempt = createNetworks(rates.exempt);
  const isStranger = (address: string): boolean => !isLocalAddress(address) && !exempt.has(address);
  return [greylistLearner({ isStranger, standing: (of) => kept.standing(of) })];
}

/** Keeps who was asked to come back, and who did. */
function note({ facts, judgements }: Judged<GreylistLearnable>, kept: Greylist): void {
  const { greylist: fact } = facts.learnt;
  if (fact?.kind !== 'known') return;
  const { origin, standing } = fact.value;
  const verdicts = judgements.map(({ verdict }) => verdict);
  if (verdicts.some(({ kind, reason }) => kind === 'defer' && reason.startsWith('greylist:')))
    kept.deferred({
      origin,
      reversePath: facts.reversePath,
      recipients: facts.recipients.map(recipientKey),
    });
  else if (
    (standing === 'ripe' || standing === 'learnt') &&
    verdicts.every(({ kind }) => kind === 'accept' || kind === 'tag')
  )
    kept.taken(origin);
}
