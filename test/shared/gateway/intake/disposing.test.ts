import { Disposing } from '@mailpair/shared/gateway/intake/disposing';
import type { Judged } from '@mailpair/shared/filter/pipeline/judging';
import type { Message } from '@mailpair/shared/filter/contract/message';
import type { KeptFor } from '@mailpair/shared/gateway/quarantine/quarantining';
import { createSubmission } from '@mailpair/shared/gateway/intake/submission';
import { silentLog } from '@mailpair/shared/platform/log/log';
import type { Settings } from '@mailpair/shared/config/settings';
import { replies, type Reply } from '@mailpair/shared/platform/values/reply';
import type { ListenerRole } from '@mailpair/shared/platform/values/session';
import type { Verdict } from '@mailpair/shared/filter/contract/verdict';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { rejection } from '../../../support/rejection.ts';
import { receivedMessage } from '../../../support/received-message.ts';
import { MemorySpool } from '../dispatch/memory-spool.ts';
import { noRecords } from '../../../support/no-records.ts';

type Kind = Verdict['kind'];

const verdictOf = (kind: Kind): Verdict =>
  kind === 'defer' || kind === 'reject'
    ? { kind, reason: kind, reply: kind === 'defer' ? replies.notChecked : replies.spam }
    : { kind, reason: kind };

/** A message to one recipient for each verdict, whose address is that of the verdict with its place. */
function messageFor(kinds: readonly Kind[], role: ListenerRole): { message: Message; judged: Judged } {
  const recipients = kinds.map((kind, i) => `${kind}${i}@example.com`);
  const judgements = kinds.map((kind) => ({ verdict: verdictOf(kind), score: 1, findings: [] }));
  const message = receivedMessage({ to: recipients, role });
  const judged = { facts: { learnt: {} }, judgements, verdicts: judgements.map(({ verdict }) => verdict) };
  return { message, judged: judged as unknown as Judged };
}

class World {
  readonly spool = new MemorySpool();
  readonly forwarded: string[][] = [];
  readonly kept = new Map<string, readonly KeptFor[]>();
  reply: Reply = replies.queued('M1');
  fault: Error | undefined;
  #ids = 0;
  readonly #submission = createSubmission({
    settings: () => ({ queue: { expireMs: 5_000 } }) as unknown as Settings,
    spool: this.spool,
    dispatcher: { offer: () => undefined, change: () => Promise.reject(new Error('nobody was released')) },
    signing: { submitted: ({ head }) => head },
    ledger: { heldFor: () => null },
    clock: { now: () => 0 },
    waited: () => undefined,
    log: silentLog,
    metrics: { held: () => undefined },
  });
  readonly #disposing = new Disposing({
    hold: this.#submission.hold,
    forward: async ({ envelope }) => {
      if (this.fault) throw this.fault;
      this.forwarded.push(envelope.recipients.map(({ address }) => address));
      return this.reply;
    },
    quarantine: {
      keep: async ({ id }, recipients) => void this.kept.set(id, recipients),
      drop: async (id) => void this.kept.delete(id),
    },
    nextId: () => `N${(this.#ids += 1)}`,
    records: noRecords,
    log: silentLog,
    metrics: { verdict: () => undefined },
  });

  dispose(...kinds: readonly Kind[]): Promise<Reply> {
    return this.#disposeOf(kinds, 'mx');
  }

  submit(...kinds: readonly Kind[]): Promise<Reply> {
    return this.#disposeOf(kinds, 'submission');
  }

  #disposeOf(kinds: readonly Kind[], role: ListenerRole): Promise<Reply> {
    const { message, judged } = messageFor(kinds, role);
    return this.#disposing.dispose(message, judged);
  }

  /** Where each recipient is now. */
  get places(): object {
    const addresses = (of: readonly KeptFor[] | undefined): string[] =>
      (of ?? []).map(({ recipient }) => recipient.address);
    return {
      on: this.forwarded.flat(),
      quarantine: addresses(this.kept.get('M1')),
      held: [...this.spool.entries.values()].flatMap(({ held, recipients }) =>
        held ? recipients.map(({ address }) => address) : [],
      ),
    };
  }
}

describe('the verdict is carried out', () => {
  it('for all at once where nobody is refused anything', async () => {
    const world = new World();
    expect(await world.dispose('accept', 'tag', 'accept')).to.include({ code: 250 });
    expect(world.forwarded).to.deep.equal([
      ['accept0@example.com', 'tag1@example.com', 'accept2@example.com'],
    ]);
  });

  it('for each recipient by its own, a reject among others being quarantine', async () => {
    const world = new World();
    expect(await world.dispose('tag', 'quarantine', 'accept', 'reject', 'hold', 'discard')).to.include({
      code: 250,
    });
    expect(world.places).to.deep.equal({
      on: ['tag0@example.com', 'accept2@example.com'],
      quarantine: ['quarantine1@example.com', 'reject3@example.com'],
      held: ['hold4@example.com'],
    });
  });

  it('for mail of submitters by holding what others would have in quarantine, for the operator', async () => {
    const world = new World();
    expect(await world.submit('tag', 'quarantine', 'reject', 'hold')).to.include({ code: 250 });
    const { on, held, quarantine } = world.places as Record<string, string[]>;
    expect({ on, quarantine }).to.deep.equal({ on: ['tag0@example.com'], quarantine: [] });
    expect(held).to.have.members(['quarantine1@example.com', 'reject2@example.com', 'hold3@example.com']);
  });

  it('under the id that the client is told, when all is held', async () => {
    const world = new World();
    expect((await world.submit('hold', 'hold')).text).to.equal('Queued as M1');
    expect(world.spool.get('M1')).to.include({ held: true, heldFor: 'hold' });
  });

  it('with a refusal only when all refuse it', async () => {
    const world = new World();
    expect(await world.dispose('reject', 'reject')).to.equal(replies.spam);
    expect(world.places).to.deep.equal({ on: [], quarantine: [], held: [] });
  });

  it('with a deferral when one is deferred, whatever the others say', async () => {
    const world = new World();
    expect(await world.dispose('accept', 'quarantine', 'defer', 'reject')).to.equal(replies.notChecked);
    expect(world.places).to.deep.equal({ on: [], quarantine: [], held: [] });
  });

  it('with 250 where nothing goes on', async () => {
    const world = new World();
    expect(await world.dispose('quarantine')).to.include({ code: 250 });
    expect(await world.dispose('discard')).to.include({ code: 250 });
    expect(world.forwarded).to.deep.equal([]);
  });

  it('so that nothing stays here when the others are refused by the next hop, for the client sends it again', async () => {
    for (const reply of [replies.localFault, replies.unknownRecipient]) {
      const world = new World();
      world.reply = reply;
      expect(await world.dispose('accept', 'quarantine', 'hold')).to.equal(reply);
      expect(world.places).to.deep.equal({ on: ['accept0@example.com'], quarantine: [], held: [] });
    }
  });

  it('so that nothing stays here when a store fails', async () => {
    const world = new World();
    world.fault = new Error('no disk');
    expect(await rejection(world.dispose('quarantine', 'hold', 'accept'))).to.equal(world.fault);
    expect(world.places).to.deep.equal({ on: [], quarantine: [], held: [] });
    const other = new World();
    other.spool.faults.push(new Error('no disk'));
    await rejection(other.dispose('quarantine', 'hold', 'accept'));
    expect(other.places).to.deep.equal({ on: [], quarantine: [], held: [] });
  });
});
