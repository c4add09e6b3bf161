import { Layer, type Question } from '@mailpair/shared/filter/pipeline/gather';
import type { Learner } from '@mailpair/shared/filter/contract/learner';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { bytesLeftBehind } from '../../../support/nursery.ts';

const BODY_BYTES = 16_384;
/** Of objects alike so few have shapes of their own. */
const MESSAGES = 400;
const AT_A_TIME = 20;

/** Of the question only what it weighs matters. */
const questionAbout = (body: Buffer): Question => ({ at: 0, message: { body } }) as unknown as Question;

describe('a message that facts were learnt of', () => {
  it('leaves memory without the whole heap being marked', () => {
    const learners = [{ name: 'bayes', learn: () => undefined } as unknown as Learner];
    const asked: Layer[] = [];
    const left = bytesLeftBehind({
      count: MESSAGES,
      atATime: AT_A_TIME,
      come: () => asked.push(new Layer(learners, questionAbout(Buffer.allocUnsafeSlow(BODY_BYTES)), 1_000)),
      go: () => asked.shift(),
    });
    expect(left).to.be.below((MESSAGES * BODY_BYTES) / 4);
  });
});
