import { expect } from 'chai';
import { describe, it } from 'mocha';
import { Patience, steps } from '@mailpair/shared/smtp/server/patience';
import { replies } from '@mailpair/shared/platform/values/reply';

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

  it('waits for a turn only so long, and a new turn begins with a message that is taken', () => {
    const mine = patience();
    const turnMs = 1_000 + 3 * 100;
    const hear = (now: number) => {
      mine.renew(now);
      return mine.overdue(now);
    };
    expect(hear(turnMs)).to.equal(null);
    mine.replied(550);
    mine.messageDone(turnMs);
    expect(hear(turnMs + 1)).to.equal(replies.noMessageInTime);
    mine.replied(250);
    mine.messageDone(turnMs + 1);
    expect(hear(2 * turnMs + 1)).to.equal(null);
    expect(hear(2 * turnMs + 2)).to.equal(replies.noMessageInTime);
  });

  it('sees progress in what leads further than before, and in nothing else', () => {
    const mine = patience();
    mine.reaches(steps.hello, 1);
    mine.reaches(steps.mail, 2);
    mine.reaches(steps.hello, 3);
    mine.reaches(steps.mail, 4);
    expect(mine.progressAt).to.equal(2);
    mine.reaches(steps.mail + 1, 5);
    mine.messageBegins(6);
    mine.messageBegins(7);
    expect(mine.progressAt).to.equal(6);
    mine.replied(450);
    mine.messageDone(8);
    expect(mine.progressAt).to.equal(6);
    mine.replied(250);
    mine.messageDone(9);
    mine.reaches(steps.mail, 10);
    expect(mine.progressAt).to.equal(10);
  });

  it('knows a message that comes fast enough from one that trickles', () => {
    const mine = patience();
    expect(mine.isReceiving(0)).to.equal(false);
    mine.messageBegins(0);
    for (let second = 1; second <= 60; second += 1) mine.received(512, second * 1_000);
    expect(mine.isReceiving(60_000)).to.equal(true);
    for (let second = 61; second <= 80; second += 1) mine.received(100, second * 1_000);
    expect(mine.isReceiving(80_000)).to.equal(false);
    mine.received(1e9, 80_000);
    expect(mine.isReceiving(90_000)).to.equal(true);
    expect(mine.isReceiving(90_001)).to.equal(false);
    mine.messageEnds();
    expect(mine.isReceiving(80_000)).to.equal(false);
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
    mine.messageDone(0);
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
