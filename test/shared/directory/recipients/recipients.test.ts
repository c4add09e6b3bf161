import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { createRecipients, type Recipients } from '@mailpair/shared/directory/recipients/recipients';
import {
  openKnowledgeStore,
  parseKnown,
  type KnowledgeStore,
} from '@mailpair/shared/directory/recipients/store';
import type { DomainSettings } from '@mailpair/shared/config/sections/domains';
import type { VerifySettings } from '@mailpair/shared/config/schema/domains';
import { parseReply, type Reply } from '@mailpair/shared/platform/values/reply';

const HOUR_MS = 3_600_000;
const taken = '250 2.1.5 OK';

describe('what is known about recipients', () => {
  let directory: string;
  let store: KnowledgeStore;
  let now: number;
  /** What the local server answers to a call-forward; null when there is none. */
  let answers: (address: string) => string | null;
  let asked: string[];
  let logged: string[];
  let trouble: { text: string; isRefusal: boolean } | undefined;
  let recipients: Recipients;

  const domainWith = (verify: VerifySettings): DomainSettings => ({
    name: 'example.com',
    localServers: [],
    verify,
  });
  const domain = domainWith({ by: 'callforward' });
  const rcpt = async (address: string, of = domain): Promise<number> =>
    (await recipients.verify(of, address)).code;
  const refused = (address: string, answer: string, of = domain): Promise<boolean> =>
    recipients.refused(of, address, parseReply(answer));

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-recipients-'));
    store = openKnowledgeStore(directory, (error) => {
      throw error;
    });
    now = 1_798_761_600_000;
    answers = () => taken;
    asked = [];
    logged = [];
    trouble = undefined;
    recipients = createRecipients(
      {
        store,
        clock: { now: () => now },
        log: {
          error: (event: string) => logged.push(event),
          warn: (event: string) => logged.push(event),
        } as never,
        rules: () => ({ positiveTtlMs: 24 * HOUR_MS, negativeTtlMs: HOUR_MS }),
        trouble: () => trouble,
        ask(_domain, address): Promise<Reply | null> {
          asked.push(address);
          const answer = answers(address);
          return Promise.resolve(answer === null ? null : parseReply(answer));
        },
      },
      [],
    );
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  /** A mailbox that exists, and of which this is known. */
  async function known(address: string): Promise<void> {
    answers = () => taken;
    expect(await rcpt(address)).to.equal(250);
    asked = [];
  }

  describe('a refusal of one sender', () => {
    for (const answer of [
      '550 5.1.7 Sender address rejected: undeliverable',
      '550 5.1.8 Sender address rejected: domain not found',
      '550 5.7.1 Blocked by this user',
      '550 5.4.1 Access denied',
      '550 Sender verify failed',
      '550 5.0.0 Sender verify failed',
      '550 5.5.0 Not from you',
      '550 5.1.0 Address rejected',
      '550 5.1.1 The sender is unknown, says a server that confuses the codes',
    ])
      it(`closes no mailbox that takes others: ${answer}`, async () => {
        await known('anna@example.com');
        expect(await refused('anna@example.com', answer)).to.equal(false);
        expect(await rcpt('anna@example.com')).to.equal(250);
        expect(recipients.isKnownValid(domain, 'anna@example.com')).to.equal(true);
      });

    for (const verify of [{ by: 'none' }, { by: 'file', path: '/nowhere' }] as const)
      it(`closes none and causes no call-forward where verify is ${verify.by}`, async () => {
        answers = () => '550 5.1.1 Unknown';
        expect(await refused('anna@example.com', '550 5.1.1 Unknown', domainWith(verify))).to.equal(false);
        expect(asked).to.deep.equal([]);
        expect(store.get('anna@example.com')).to.equal(undefined);
      });

    it('does not close postmaster, who is taken unasked', async () => {
      answers = () => '550 5.1.1 Unknown';
      expect(await refused('postmaster@example.com', '550 5.1.1 Unknown')).to.equal(false);
      expect(asked).to.deep.equal([]);
    });

    it('causes one call-forward a minute for a mailbox, however often it comes', async () => {
      await known('anna@example.com');
      for (let count = 0; count < 1_000; count += 1) await refused('anna@example.com', '550 No');
      expect(asked).to.deep.equal(['anna@example.com']);
      now += 60_000;
      await refused('anna@example.com', '550 No');
      expect(asked).to.have.length(2);
    });

    it('causes a thousand call-forwards a minute at most, and few at a time', async () => {
      let running = 0;
      let most = 0;
      const names = Array.from({ length: 3_000 }, (_, i) => `user${i}@example.com`);
      const count = (change: number): void => void (most = Math.max(most, (running += change)));
      const slow = createRecipients(
        {
          store,
          clock: { now: () => now },
          log: {} as never,
          rules: () => ({ positiveTtlMs: HOUR_MS, negativeTtlMs: HOUR_MS }),
          trouble: () => undefined,
          async ask(_domain, address) {
            asked.push(address);
            count(1);
            await Promise.resolve();
            count(-1);
            return parseReply(taken);
          },
        },
        [],
      );
      for (let at = 0; at < names.length; at += 20)
        await Promise.all(
          names.slice(at, at + 20).map((name) => slow.refused(domain, name, parseReply('550 No'))),
        );
      expect(most).to.equal(4);
      for (const name of names) await slow.refused(domain, name, parseReply('550 No'));
      expect(asked).to.have.length(1_000);
    });
  });

  describe('a refusal that may concern this gateway', () => {
    const denied = '554 5.7.1 Client host rejected';

    it('makes a call-forward ask about others too', async () => {
      await known('anna@example.com');
      asked = [];
      answers = () => denied;
      expect(await rcpt('bert@example.com')).to.equal(450);
      expect(asked).to.deep.equal(['bert@example.com', 'anna@example.com', 'postmaster@example.com']);
    });

    it('costs one question while the server is known to refuse this gateway', async () => {
      trouble = { text: denied, isRefusal: true };
      answers = () => denied;
      expect(await rcpt('bert@example.com')).to.equal(450);
      expect(asked).to.deep.equal(['bert@example.com']);
    });

    it('of mail causes a call-forward that nobody waits for, and closes nothing', async () => {
      await known('anna@example.com');
      asked = [];
      answers = () => denied;
      expect(await refused('anna@example.com', denied)).to.equal(false);
      expect(await rcpt('anna@example.com')).to.equal(250);
      expect(asked).to.include('anna@example.com');
    });
  });

  describe('a mailbox that vanished', () => {
    for (const answer of ['550 5.1.1 Unknown', '550 5.1.6 Moved', '550 Unknown user'])
      it(`is closed when a call-forward is refused as well: ${answer}`, async () => {
        await known('anna@example.com');
        answers = (address) => (address.startsWith('postmaster') ? taken : answer);
        expect(await refused('anna@example.com', answer)).to.equal(true);
        expect(await rcpt('anna@example.com')).to.equal(550);
        now += HOUR_MS;
        answers = () => taken;
        expect(await rcpt('anna@example.com')).to.equal(250);
      });

    it('is asked about once for several messages that wait for the answer', async () => {
      await known('anna@example.com');
      answers = () => '550 5.1.1 Unknown';
      const all = await Promise.all(
        Array.from({ length: 10 }, () => refused('anna@example.com', '550 5.1.1 Unknown')),
      );
      expect(all).to.deep.equal(Array.from({ length: 10 }, () => true));
      expect(asked).to.have.length(1);
    });

    it('stays open while no local server can be asked', async () => {
      await known('anna@example.com');
      answers = () => null;
      expect(await refused('anna@example.com', '550 5.1.1 Unknown')).to.equal(false);
      expect(await rcpt('anna@example.com')).to.equal(250);
    });
  });

  describe('a plain 550 to a call-forward', () => {
    it('is proof when the local server takes postmaster', async () => {
      answers = (address) => (address.startsWith('postmaster') ? taken : '550 Unknown user');
      expect(await rcpt('nobody@example.com')).to.equal(550);
      expect(asked).to.deep.equal(['nobody@example.com', 'postmaster@example.com']);
    });

    it('is proof when the local server still takes whom it took last, postmaster or not', async () => {
      await known('anna@example.com');
      answers = (address) => (address.startsWith('anna') ? taken : '550 Unknown user');
      expect(await rcpt('nobody@example.com')).to.equal(550);
      expect(asked).to.deep.equal(['nobody@example.com', 'anna@example.com']);
    });

    it('is none when the local server refuses everybody, whom it took before included', async () => {
      await known('anna@example.com');
      answers = () => '550 Administrative prohibition';
      expect(await rcpt('bert@example.com')).to.equal(450);
      expect(await refused('anna@example.com', '550 Administrative prohibition')).to.equal(false);
      expect(await rcpt('anna@example.com')).to.equal(250);
      expect(store.get('bert@example.com')).to.equal(undefined);
      expect(logged).to.include('callforward.refused');
    });

    it('is told to the operator as the cause, and so is why nobody could be asked', async () => {
      const causeOf = async (address: string): Promise<string | undefined> =>
        (await recipients.verify(domain, address)).cause;
      answers = () => '554 5.7.1 Client host rejected';
      expect(await causeOf('anna@example.com')).to.equal(
        'the local server answered 554 5.7.1 Client host rejected',
      );
      answers = () => null;
      trouble = { text: 'nobody listens', isRefusal: false };
      expect(await causeOf('anna@example.com')).to.equal('nobody listens');
      answers = () => `554 5.7.1 ${'x'.repeat(5_000)}`;
      expect(await causeOf('anna@example.com')).to.have.length(500);
    });

    it('does not close a mailbox that takes mail of senders and refuses the null reverse-path', async () => {
      await known('noreply@example.com');
      now += 7 * HOUR_MS;
      answers = (address) => (address.startsWith('noreply') ? '550 No bounces' : taken);
      expect(await rcpt('noreply@example.com')).to.equal(250); // asked again in the background
      await new Promise(setImmediate);
      expect(asked).to.deep.equal(['noreply@example.com', 'postmaster@example.com']);
      expect(await rcpt('noreply@example.com')).to.equal(250);
    });
  });

  for (const answer of [
    '550 5.1.7 Bad sender',
    '550 5.1.8 Bad sender',
    '554 5.7.1 Go away',
    '450 4.2.0 Later',
  ])
    it(`learns nothing from a call-forward that is answered ${answer}`, async () => {
      answers = () => answer;
      expect(await rcpt('anna@example.com')).to.equal(450);
      expect(store.get('anna@example.com')).to.equal(undefined);
    });

  it('accepts everybody where verify is none, whatever the partner says', async () => {
    store.merge('anna@example.com', { valid: false, learnedAt: now });
    expect(await rcpt('anna@example.com', domainWith({ by: 'none' }))).to.equal(250);
  });

  it('passes over what an earlier version says does not exist, in its journal or as a partner', () => {
    expect(parseKnown('-1798761600000 anna@example.com')).to.equal(undefined);
    expect(parseKnown('+1798761600000 anna@example.com')?.[1]).to.include({ valid: true });
    expect(parseKnown('!1798761600000 anna@example.com')?.[1]).to.include({ valid: false });
  });
});
