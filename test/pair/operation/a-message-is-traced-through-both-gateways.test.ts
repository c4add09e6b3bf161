import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import type { Trace } from '@mailpair/shared/api/trace';
import { mailpair, type Said } from '../../mailpair/command.ts';
import { addressList } from '../../support/list-zone.ts';
import { useProxiedPair } from '../../support/proxied-pair.ts';
import { queueOf } from '../../support/queue.ts';
import { SmtpClient } from '../../support/smtp-client.ts';

const MAIL = 'From: A <a@sender.test>\r\nSubject: Hello\r\nMessage-ID: <1.2@sender.test>\r\n\r\nHello\r\n';

describe('a message is traced through both gateways', () => {
  const pair = useProxiedPair({
    start: ['inbound', 'outbound'],
    config: {
      'lists.deny': [
        { zone: 'bl.test', score: 8 },
        { zone: 'no.test', verdict: 'reject' },
      ],
      'clients.noName': 1.5,
      'clients.unknownName': 0,
    },
    zone: {
      ...addressList('bl.test', { '192.0.2.7': ['127.0.0.2'] }),
      ...addressList('no.test', { '192.0.2.9': ['127.0.0.2'] }),
    },
  });

  const trace = (...argv: readonly string[]): Promise<Said> =>
    mailpair(['trace', ...argv, '--config', pair().configFile]);
  const traces = async (about: string): Promise<(Trace & { role: string })[]> =>
    (JSON.parse((await trace(about, '--json')).out) as { traces: (Trace & { role: string })[] }).traces;

  async function send(client: SmtpClient, to: string, from = 'a@sender.test'): Promise<string> {
    await client.say(`MAIL FROM:<${from}>`);
    const { code, text } = await client.say(`RCPT TO:<${to}>`);
    const reply = code < 300 ? await client.data(Buffer.from(MAIL)) : { text };
    client.destroy();
    return / as (\w{17})/.exec(reply.text)?.[1] ?? reply.text;
  }

  let relayed: string;

  before(async () => {
    pair().local.manners = { rcpt: (to) => (to.includes('nobody') ? '550 5.1.1 No such user' : undefined) };
    relayed = await send(await pair().clientAt('192.0.2.8'), 'anna@example.com');
  });

  it('when it was relayed, by its id, its Message-ID and its addresses', async () => {
    for (const about of [
      relayed,
      relayed.toLowerCase(),
      '<1.2@sender.test>',
      '1.2@sender.test',
      'A@SENDER.test',
      '@example.com',
    ]) {
      const found = await traces(about);
      expect(found, about).to.have.length(1);
      expect(found[0]!.message).to.deep.include({ id: relayed, subject: 'Hello', host: 'mx-in.example.com' });
      expect(found[0]!.events.map(({ event, recipients }) => [event, ...recipients])).to.deep.equal([
        ['relayed', 'anna@example.com'],
      ]);
    }
    const { out, code } = await trace(relayed);
    expect(code).to.equal(0);
    expect(out).to.match(/^ {2}accept +mail\.sender\.test \[192\.0\.2\.8\] at /m);
    expect(out).to.match(/^ {2}learnt +reverseName \([\d.]+ ms\): {"names":\[\]}/m);
    expect(out).to.match(
      /^ {2}judge +anna@example\.com: accept, score [\d.]+\n(.*\n)*? +\+1\.5 {2}client-name\.none: 192\.0\.2\.8 has no name/m,
    );
    expect(out).to.match(/^ {2}reply +250 2\.0\.0 Delivered as /m);
    expect(out).to.match(/^ {2}then +[\d:.]+ relayed anna@example\.com by 127\.0\.0\.1: 250 /m);
  });

  it('when it is in quarantine, and was released, under either id', async () => {
    const id = await send(await pair().clientAt('192.0.2.7'), 'ben@example.com');
    expect((await traces(id))[0]!.quarantine).to.include({ id });
    const { out } = await mailpair(['quarantine', 'release', id, '--json', '--config', pair().configFile]);
    const { queuedAs } = JSON.parse(out) as { queuedAs: string };
    await pair().local.until((deliveries) => deliveries.some(({ to }) => to.includes('ben@example.com')));
    await queueOf(pair(), 'inbound', 0);
    for (const about of [id, queuedAs]) {
      const [found, ...others] = await traces(about);
      expect(others).to.deep.equal([]);
      expect(found!.message!.judgements[0]!.verdict.kind).to.equal('quarantine');
      expect(found!.events.map(({ event }) => event)).to.deep.equal(['released', 'relayed']);
      expect(found).to.not.have.property('quarantine');
    }
  });

  it('when its recipient was refused, and why', async () => {
    await send(await pair().clientAt('192.0.2.8'), 'nobody@example.com');
    await send(await pair().clientAt('192.0.2.9'), 'carl@example.com');
    const [unknown] = await traces('nobody@example.com');
    expect(unknown!.refusal).to.deep.include({ recipient: 'nobody@example.com', client: '192.0.2.8' });
    expect(unknown!.refusal!.reply).to.include({ code: 550, enhanced: '5.1.1' });
    const { out } = await trace('carl@example.com');
    expect(out).to.match(/^refused at RCPT .* inbound mx-in\.example\.com$/m);
    expect(out).to.match(/dns-list\.no\.test \[reject\]: 192\.0\.2\.9 is listed by no\.test/);
  });

  it('when it waits in the queue of a gateway that is stopped', async () => {
    pair().internet.manners = { rcpt: () => '451 4.2.1 Later' };
    const id = await send(
      await SmtpClient.greet(pair().submission),
      'far@elsewhere.test',
      'anna@example.com',
    );
    await pair().outbound.until(({ event }) => event === 'recipient.deferred');
    await pair().outbound.stop();
    const [found] = await traces('far@elsewhere.test');
    expect(found).to.include({ role: 'outbound' });
    expect(found!.queue.map((entry) => entry.id)).to.deep.equal([id]);
    expect(found!.events.map(({ event }) => event)).to.include('deferred');
    expect((await trace(id)).out).to.match(
      /^ {2}queue +\w{17}: far@elsewhere\.test queued, attempts \d+, next /m,
    );
  });

  it('and says so when nothing is known', async () => {
    const { code, err } = await trace('never@seen.test');
    expect([code, err]).to.deep.equal([1, 'Nothing is known of never@seen.test.\n']);
  });
});
