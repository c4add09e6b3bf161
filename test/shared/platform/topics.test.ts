import { expect } from 'chai';
import { describe, it } from 'mocha';
import { Topics, type Topic } from '@mailpair/shared/platform/topics';

const topic = (name: string, taken: string[] = []): Topic => ({
  name,
  look: (key) => `${name} of ${key}`,
  all: () => [],
  take: (items) => taken.push(...items),
});

describe('topics', () => {
  it('tell what is new under their name', () => {
    const topics = new Topics();
    const told: string[] = [];
    const { tell } = topics.add(topic('bans'));
    topics.add(topic('greylist'));
    topics.onTold((name, key) => told.push(`${name} ${key}`));
    tell('192.0.2.1');
    expect(told).to.deep.equal(['bans 192.0.2.1']);
    expect(topics.look('bans', '192.0.2.1')).to.equal('bans of 192.0.2.1');
  });

  it('take each its own, and count what was news', () => {
    const topics = new Topics();
    const taken: string[] = [];
    topics.add(topic('bans', taken));
    expect([...topics.take({ bans: ['a', 'b'], later: ['c'], constructor: ['d'] })]).to.deep.equal([
      ['bans', 2],
    ]);
    expect(taken).to.deep.equal(['a', 'b']);
  });

  it('have names of their own', () => {
    const topics = new Topics();
    topics.add(topic('bans'));
    for (const name of ['bans', '', 'two words']) expect(() => topics.add(topic(name)), name).to.throw();
  });
});
