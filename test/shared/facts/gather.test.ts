import { expect } from 'chai';
import { describe, it } from 'mocha';
import { Layer, type Question } from '@mailpair/shared/facts/gather';
import type { Learner } from '@mailpair/shared/facts/learner';

const question: Question = {
  at: 0,
  session: {
    id: 's1',
    role: 'mx',
    listener: '192.0.2.10:25',
    client: { address: '192.0.2.7', port: 1 },
    helo: 'a.test',
    esmtp: true,
    trusted: false,
  },
  envelope: { reversePath: '', eightBit: false, smtpUtf8: false, requireTls: false },
  recipients: [],
};
const learner = (learn: Learner<'reverseName'>['learn']): Learner<'reverseName'> => ({
  name: 'reverseName',
  stage: 'client',
  roles: ['mx'],
  learn,
});

describe('what a layer knows by now', () => {
  it('is nothing before it is learnt, and then at once', async () => {
    const answer = Promise.withResolvers<{ names: string[] }>();
    const layer = new Layer([learner(() => answer.promise)], question, 1_000);
    expect(layer.known('reverseName')).to.equal(undefined);
    answer.resolve({ names: ['a.test'] });
    await layer.learnt();
    expect(layer.known('reverseName')).to.deep.equal({ names: ['a.test'] });
    expect(layer.learnt()).to.have.nested.property('reverseName.kind', 'known');
  });

  it('is what the layer below knows, and never a fault', async () => {
    const below = new Layer([learner(() => ({ names: [] }))], question, 1_000);
    expect(new Layer([], question, 1_000, below).known('reverseName')).to.deep.equal({ names: [] });
    const failing = new Layer([learner(() => Promise.reject(new Error('away')))], question, 1_000);
    await failing.learnt();
    expect(failing.known('reverseName')).to.equal(undefined);
  });
});
