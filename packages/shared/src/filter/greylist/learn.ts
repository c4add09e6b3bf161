/** Whether the sender of a message has been heard of before. Only strangers are asked about. */
import { networkOf } from '../../platform/network/client-network.ts';
import { domainOf, recipientKey } from '../../platform/values/address.ts';
import type { GreylistFacts, GreylistLearnable } from './facts.ts';
import type { LearnerOf } from '../contract/learner.ts';
import type { SpfLearnable } from '../spf/facts.ts';

export interface GreylistParts {
  isStranger(address: string): boolean;
  standing(of: {
    readonly origin: string;
    readonly reversePath: string;
    readonly recipients: readonly string[];
  }): Pick<GreylistFacts, 'standing' | 'ripeAt'>;
}

export const greylistLearner = ({
  isStranger,
  standing,
}: GreylistParts): LearnerOf<GreylistLearnable, 'greylist', SpfLearnable> => ({
  name: 'greylist',
  stage: 'message',
  roles: ['mx'],
  async learn({ session: { client }, envelope: { reversePath }, recipients, fact }) {
    if (!isStranger(client.address)) return undefined;
    const spf = await fact('spf');
    const proven = spf?.kind === 'known' && spf.value.result === 'pass' ? spf.value.domain : undefined;
    const origin = proven ?? `${networkOf(client.address)} ${domainOf(reversePath)}`;
    const by = proven === undefined ? 'network' : 'spf';
    const keys = recipients.map(({ address }) => recipientKey(address));
    return { by, origin, ...standing({ origin, reversePath, recipients: keys }) };
  },
});
