import {
  countsOf,
  excessOf,
  isIdle,
  noLimits,
  noUsage,
  withMessages,
  withRefusals,
} from '@mailpair/shared/directory/submitters/usage';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const NOW = Date.UTC(2026, 10, 25, 12);
const HOUR = 3_600_000;

describe('What a submitter has sent', () => {
  it('is counted in messages and recipients', () => {
    const usage = withMessages(withMessages(noUsage, 1, 3, NOW), 1, 2, NOW + 90_000);
    expect(countsOf(usage, NOW + 90_000)).to.deep.equal({
      messagesPerMinute: 1,
      messagesPerHour: 2,
      messagesPerDay: 2,
      recipientsPerHour: 5,
      recipientsPerDay: 5,
      refusedPerHour: 0,
    });
    expect(isIdle(usage, NOW + 47 * HOUR)).to.equal(false);
    expect(isIdle(usage, NOW + 49 * HOUR)).to.equal(true);
  });

  it('is beyond a limit with the message after it, and says which', () => {
    const limits = { ...noLimits, recipientsPerHour: 5 };
    let usage = withMessages(noUsage, 1, 5, NOW);
    expect(excessOf(countsOf(usage, NOW), limits)).to.equal(undefined);
    usage = withMessages(usage, 1, 1, NOW);
    expect(excessOf(countsOf(usage, NOW), limits)).to.equal(
      '6 recipients within an hour, submitters.recipientsPerHour is 5',
    );
    expect(excessOf(countsOf(usage, NOW), noLimits)).to.equal(undefined);
  });

  it('is beyond for recipients that do not exist only when they are a fifth of all', () => {
    const limits = { ...noLimits, refusedPerHour: 10 };
    const refusals = (recipients: number): string | undefined => {
      const usage = withRefusals(withMessages(noUsage, 1, recipients, NOW), 11, NOW);
      return excessOf(countsOf(usage, NOW), limits);
    };
    expect(refusals(1000)).to.equal(undefined);
    expect(refusals(55)).to.match(/^11 recipients that do not exist/);
  });
});
