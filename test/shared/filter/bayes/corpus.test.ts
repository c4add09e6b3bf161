import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { halve, readCorpus } from '../../../../bench/classifier/corpus.ts';
import { askOurs, type Ours } from '../../../../bench/classifier/ours.ts';
import { qualityOf } from '../../../../bench/classifier/quality.ts';

describe('the classifier on the public corpus of SpamAssassin', function () {
  this.timeout(120_000);
  let ours: Ours;

  before(async () => {
    ours = await askOurs(halve(readCorpus(), 1));
  });

  it('finds most spam at one false positive in a thousand, taught on the other half', () => {
    const { spam, ham, recallAt, auc } = qualityOf(ours.scored);
    expect(spam).to.be.above(700);
    expect(ham).to.be.above(1_900);
    expect(recallAt(0.001)).to.be.above(0.75);
    expect(auc).to.be.above(0.99);
  });

  it('means what its probabilities say', () => {
    const share = (spam: boolean, least: number): number => {
      const all = ours.scored.filter((each) => each.spam === spam);
      return all.filter(({ score }) => score >= least).length / all.length;
    };
    expect(share(false, 0.99)).to.be.below(0.003);
    expect(share(false, 0.5)).to.be.below(0.03);
    expect(share(true, 0.99)).to.be.above(0.5);
    expect(share(true, 0.5)).to.be.above(0.95);
  });

  it('says before how well it will do', () => {
    const { calibration, judges } = ours.status;
    expect(judges).to.equal(true);
    expect(calibration!.mistaken).to.be.below(0.005);
    expect(calibration!.caught).to.be.within(0.5, 0.95);
  });
});
