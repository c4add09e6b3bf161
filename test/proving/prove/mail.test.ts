import { createManner, exists, letterOf } from '@mailpair/proving/prove/mail';
import { seededChance } from '@mailpair/proving/loopback/chance';
import { failpointNames } from '@mailpair/shared/platform/process/failpoint';
import { rows } from '@mailpair/proving/prove/rows';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const RCPT = { step: 'RCPT', from: 'a@hosted.test' } as const;

describe('the mail of a proof', () => {
  it('goes every way: taken, later, refused later, unknown, several recipients, large', () => {
    const letters = Array.from({ length: 12 }, (_, number) => letterOf('outbound', 'row', number));
    const words = letters.flatMap(({ to }) => to.map((address) => /^[a-z]+/.exec(address)![0]));
    expect(new Set(words)).to.deep.equal(new Set(['person', 'later', 'closing', 'nobody']));
    expect(letters.filter(({ to }) => to.length === 2)).to.not.have.length(0);
    expect(letters.filter(({ sizeBytes }) => sizeBytes > 256 * 1024)).to.have.length(2);
    expect(new Set(letters.map(({ id }) => id)).size).to.equal(12);
    for (const { to, unknown } of letters)
      expect(unknown).to.deep.equal(to.filter((address) => /^(closing|nobody)/.test(address)));
  });

  it('is deferred, refused and taken by the name of its recipient', () => {
    const manner = createManner();
    const say = (recipient: string) => manner({ ...RCPT, recipient });
    expect(say('person1@x')).to.equal(undefined);
    expect([say('later1@x'), say('later1@x'), say('later2@x')]).to.deep.equal([
      { say: '451 4.2.1 Come again\r\n' },
      undefined,
      { say: '451 4.2.1 Come again\r\n' },
    ]);
    expect(
      [say('closing1@x'), say('closing1@x')].map((said) => (said as { say: string }).say.slice(0, 3)),
    ).to.deep.equal(['451', '550']);
    expect(manner({ step: 'RCPT', from: '', recipient: 'later3@x' })).to.equal(undefined);
    expect([exists('nobody1@x'), exists('person1@x')]).to.deep.equal([false, true]);
  });
});

describe('the chance of a proof', () => {
  it('is the same for the same seed and name, and another for another', () => {
    const draws = (seed: string, name: string) => {
      const chance = seededChance(seed).of(name);
      return Array.from({ length: 8 }, () => chance.upTo(1000));
    };
    expect(draws('a', 'x')).to.deep.equal(draws('a', 'x'));
    expect(draws('a', 'x')).to.not.deep.equal(draws('b', 'x'));
    expect(draws('a', 'x')).to.not.deep.equal(draws('a', 'y'));
  });

  it('stays within its bounds', () => {
    const chance = seededChance('s');
    const seen = new Set(Array.from({ length: 200 }, () => chance.upTo(3)));
    expect([...seen].sort()).to.deep.equal([1, 2, 3]);
  });
});

describe('the rows of a proof', () => {
  it('have different names, and a kill at every point of the path', () => {
    expect(new Set(rows.map(({ name }) => name)).size).to.equal(rows.length);
    const killedAt = new Set(rows.flatMap(({ name }) => /kill\/(.+)$/.exec(name)?.[1] ?? []));
    expect(failpointNames.filter((name) => !killedAt.has(name))).to.deep.equal([]);
  });
});
