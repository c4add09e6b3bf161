import { expect } from 'chai';
import { describe, it } from 'mocha';
import { Patience } from '@mailpair/shared/accept/patience';
import { replies } from '@mailpair/shared/values/reply';

const patience = (): Patience =>
  new Patience({ commandTimeoutMs: 100, messageTimeoutMs: 1_000 }, { errors: 2, commands: 3 }, 0);

describe('the patience of a session', () => {
  it('waits for a command as long as it is told, and no longer', () => {
    const mine = patience();
    expect(mine.overdue(100)).to.equal(null);
    expect(mine.overdue(101)).to.equal(replies.idle);
    mine.renew(101);
    expect(mine.overdue(201)).to.equal(null);
    mine.renew(201, 5);
    expect(mine.overdue(207)).to.equal(replies.idle);
  });

  it('waits for a whole message only so long, however often a piece of it comes', () => {
    const mine = patience();
    mine.messageBegins(0);
    for (let now = 0; now <= 1_000; now += 50) {
      mine.renew(now);
      expect(mine.overdue(now)).to.equal(null);
    }
    mine.renew(1_001);
    expect(mine.overdue(1_001)).to.equal(replies.messageTimeout);
    mine.messageEnds();
    expect(mine.overdue(1_001)).to.equal(null);
  });

  it('ends after too many refusals, of which 4xx are none', () => {
    const mine = patience();
    for (const code of [250, 451, 452, 550]) mine.replied(code);
    expect(mine.command(0)).to.equal(null);
    mine.replied(501);
    expect(mine.command(0)).to.equal(replies.tooManyErrors);
  });

  it('ends after too many commands without a message', () => {
    const mine = patience();
    for (let i = 0; i < 3; i += 1) expect(mine.command(0)).to.equal(null);
    mine.messageDone();
    for (let i = 0; i < 3; i += 1) expect(mine.command(0)).to.equal(null);
    expect(mine.command(0)).to.equal(replies.tooManyCommands);
  });

  it('does not count accepted recipients, and as many that were too many', () => {
    const mine = patience();
    for (let i = 0; i < 3 + 20; i += 1) expect(mine.command(10)).to.equal(null);
    expect(mine.command(10)).to.equal(replies.tooManyCommands);
  });

  it('does not count what brings a good part of a message', () => {
    const mine = patience();
    const chunk = (sizeBytes: number) => {
      const end = mine.command(1);
      mine.chunkTaken(sizeBytes);
      return end;
    };
    for (let i = 0; i < 100; i += 1) expect(chunk(8_192)).to.equal(null);
    for (let i = 0; i < 5; i += 1) expect(chunk(1)).to.equal(null);
    expect(chunk(1)).to.equal(replies.tooManyCommands);
  });
});
