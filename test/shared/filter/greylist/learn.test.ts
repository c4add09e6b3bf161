import { expect } from 'chai';
import { describe, it } from 'mocha';
import { greylistLearner } from '@mailpair/shared/filter/greylist/learn';
import type { LearnerOf } from '@mailpair/shared/filter/contract/learner';
import type { SpfResult } from '@mailpair/shared/filter/dkim-dmarc-arc/facts';
import type { SpfLearnable } from '@mailpair/shared/filter/spf/facts';
import { learn } from '../../../support/inquiries.ts';

describe('whether a sender was heard of before', () => {
  const asked: object[] = [];
  const learner = greylistLearner({
    isStranger: (address) => !address.startsWith('10.'),
    standing: (of) => {
      asked.push(of);
      return { standing: 'new', ripeAt: 5 };
    },
  });
  const spf = (result: SpfResult): LearnerOf<SpfLearnable, 'spf'> => ({
    name: 'spf',
    stage: 'sender',
    roles: ['mx'],
    learn: () => ({ result, domain: 'spf.test', identity: 'mailfrom' }),
  });
  const learnt = async (address: string, result: SpfResult, from = 'A@Sender.test') => {
    const { greylist } = await learn([spf(result), learner], { address, from });
    return greylist?.kind === 'known' ? greylist.value : undefined;
  };

  it('is asked by the domain that SPF proves', async () => {
    expect(await learnt('192.0.2.7', 'pass')).to.deep.equal({
      by: 'spf',
      origin: 'spf.test',
      standing: 'new',
      ripeAt: 5,
    });
    expect(asked.at(-1)).to.include({ origin: 'spf.test', reversePath: 'A@Sender.test' });
  });

  it('or by network and domain where it proves none', async () => {
    expect(await learnt('192.0.2.7', 'none')).to.include({
      by: 'network',
      origin: '192.0.2.0/24 sender.test',
    });
    expect(await learnt('2001:db8:1:2:3::4', 'softfail', '')).to.include({ origin: '2001:db8:1:2::/64 ' });
  });

  it('is not asked of clients of this site', async () => {
    expect(await learnt('10.1.2.3', 'pass')).to.equal(undefined);
  });
});
