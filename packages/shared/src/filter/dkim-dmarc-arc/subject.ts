/** Who is proven to stand behind a message, and who pretends to be one of ours: DKIM, ARC and DMARC. */
import type { Settings } from '../../config/settings.ts';
import type { Subject } from '../contract/subject.ts';
import { dmarcCheck } from './dmarc-check.ts';
import type { ProofLearnable } from './facts.ts';
import { authenticationLearner } from './learn-authentication.ts';
import { lookalikeCheck } from './lookalike-check.ts';
import { spoofingCheck } from './spoofing-check.ts';
import { strangersBy } from './strangers.ts';
import { vouchersOf } from './vouchers.ts';

export const dkimDmarcArc = {
  checks(settings) {
    const { dmarc, spoofing, lookalike, onFault } = settings.authentication;
    const vouchers = vouchersOf(settings);
    const hosted = settings.domains.map(({ name }) => name);
    return [
      dmarcCheck({ ...dmarc, onFault }, vouchers),
      spoofingCheck({ ...spoofing, lists: dmarc.lists }, hosted, vouchers),
      lookalikeCheck(lookalike, hosted),
    ];
  },
  open: ({ resolver, patience: { messageMs: patienceMs } }) => ({
    configure: (settings: Settings) =>
      settings.authentication.check
        ? [authenticationLearner({ resolver, isStranger: strangersBy(settings), patienceMs })]
        : [],
  }),
} satisfies Subject<ProofLearnable>;
