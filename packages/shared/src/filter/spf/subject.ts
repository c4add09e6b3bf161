/** Whether the client may send for the domain that it names (RFC 7208). */
import type { Settings } from '../../config/settings.ts';
import type { Subject } from '../contract/subject.ts';
import type { AuthenticationLearnable } from '../dkim-dmarc-arc/facts.ts';
import { strangersBy } from '../dkim-dmarc-arc/strangers.ts';
import { vouchersOf } from '../dkim-dmarc-arc/vouchers.ts';
import { spfCheck, spfRefusalCheck } from './check.ts';
import type { SpfLearnable } from './facts.ts';
import { spfLearner } from './learn.ts';

export const spf = {
  checks(settings) {
    const { spf: rules, onFault } = settings.authentication;
    const vouchers = vouchersOf(settings);
    return [
      ...(rules.refuse ? [spfRefusalCheck({ ...rules, onFault }, vouchers)] : []),
      spfCheck({ ...rules, onFault }, vouchers),
    ];
  },
  open: ({ resolver, host, patience: { rcptMs: patienceMs } }) => ({
    configure: (settings: Settings) =>
      settings.authentication.check
        ? [spfLearner({ resolver, host, isStranger: strangersBy(settings), patienceMs })]
        : [],
  }),
} satisfies Subject<SpfLearnable & AuthenticationLearnable>;
