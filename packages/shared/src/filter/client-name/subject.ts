/** What the client is called, by DNS and by itself, and whether it waits to be greeted. */
import { ownNamesOf } from '../../config/own-names.ts';
import type { Subject } from '../contract/subject.ts';
import { clientNameCheck } from './check.ts';
import { earlyTalkerCheck } from './early-talker-check.ts';
import type { ClientNameLearnable } from './facts.ts';
import { heloCheck } from './helo-check.ts';
import { heloNameLearner } from './learn-helo-name.ts';
import { reverseNameLearner } from './learn-reverse-name.ts';

export const clientName = {
  checks: (settings) => [
    clientNameCheck(settings.clients),
    ...(settings.judge.mode === 'off' ? [] : [earlyTalkerCheck(settings.clients.earlyTalker)]),
    heloCheck({
      ...ownNamesOf(settings),
      hostedDomains: settings.domains.map(({ name }) => name),
      refuseOurName: settings.clients.refuseOurName,
      scores: settings.clients,
    }),
  ],
  open({ resolver, patience }) {
    const learners = [
      reverseNameLearner(resolver, patience.rcptMs),
      heloNameLearner(resolver, patience.rcptMs),
    ];
    return { configure: () => learners };
  },
} satisfies Subject<ClientNameLearnable>;
