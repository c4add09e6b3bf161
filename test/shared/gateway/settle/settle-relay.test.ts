import { foretell } from '@mailpair/shared/gateway/settle/settle-relay';
import type { Outcome, OutcomeKind } from '@mailpair/shared/platform/values/outcome';
import { replies } from '@mailpair/shared/platform/values/reply';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const anna = [{ address: 'anna@example.com' }];
const outcome = (kind: OutcomeKind, stage: string, recipient = 'ben@example.com'): Outcome => ({
  kind,
  stage,
  recipient,
  reply: kind === 'relayed' ? replies.ok : kind === 'bounced' ? replies.spam : replies.localFault,
});

describe('What becomes of another version of a message', () => {
  it('is what became of the first where the same servers refused what is in it, or took none', () => {
    for (const kind of ['bounced', 'deferred'] as const)
      expect(foretell(anna, [outcome(kind, 'rcpt'), outcome(kind, 'message')])).to.deep.equal([
        outcome(kind, 'message', 'anna@example.com'),
      ]);
  });

  it('is to be asked where one was taken, where only a mailbox was refused, and of servers not asked yet', () => {
    expect(foretell(anna, [])).to.equal(undefined);
    expect(foretell(anna, [outcome('relayed', 'message')])).to.equal(undefined);
    expect(foretell(anna, [outcome('bounced', 'rcpt')])).to.equal(undefined);
    expect(foretell(anna, [outcome('bounced', 'message'), outcome('deferred', 'rcpt')])).to.equal(undefined);
    expect(foretell(anna, [outcome('bounced', 'message', 'x@example.org')])).to.equal(undefined);
  });
});
