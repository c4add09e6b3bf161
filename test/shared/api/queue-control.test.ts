import { buffer } from 'node:stream/consumers';
import { pagesOf } from '@mailpair/mailpair/queue/access';
import type { QueueFilter, QueueItem } from '@mailpair/shared/api/queue-item';
import { eachPage } from '@mailpair/shared/api/page';
import { reachHere, type ReachedGateway } from '@mailpair/shared/api/reach-gateway';
import type { Settings } from '@mailpair/shared/config/settings';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { quiet } from '../gateway/dispatch/fake-attempts.ts';
import { hour, recipientOf } from '../gateway/settle/entries.ts';
import { GatewayHosts, stored, type RunningGateway, type Stored } from './gateway-fixture.ts';

const reach = (settings: Settings): Promise<ReachedGateway> =>
  reachHere('outbound', settings, { needs: 'queue', onDamage: () => expect.fail('nothing is damaged') });

async function allOf(reached: ReachedGateway, filter: QueueFilter = {}, limit = 2): Promise<QueueItem[]> {
  const items: QueueItem[] = [];
  for await (const page of eachPage((after) => reached.queue.page({ ...filter, limit, after }))) {
    expect(page.items.length).to.be.at.most(limit);
    items.push(...page.items);
  }
  return items;
}

/** As `queue list` has them. */
async function listedOf(reached: ReachedGateway, filter: QueueFilter): Promise<QueueItem[]> {
  const items: QueueItem[] = [];
  for await (const some of pagesOf(reached, filter)) items.push(...some);
  return items;
}

const idsOf = async (reached: ReachedGateway, filter: QueueFilter): Promise<string[]> =>
  (await allOf(reached, filter)).map(({ id }) => id);

const octets = Buffer.concat([
  Buffer.from('Subject: all\r\n\r\n'),
  Buffer.from(Array.from({ length: 256 }, (_, i) => i)),
]);
const large = Buffer.alloc(300_000, octets);

const messages: readonly Stored[] = [
  stored('0A1', { reversePath: 'Anne@example.com', octets }),
  stored('0A2', { reversePath: '', to: ['x@example.org'], octets: large }),
  stored('0B1', { held: true, to: ['y@example.edu', 'z@example.org'] }),
  stored('0B2', { recipients: [recipientOf({ address: 'user@example.com', dueAt: 0 })] }),
];

/** What holds for a queue however it is reached. */
function queueTests(openQueue: () => Promise<ReachedGateway>): () => void {
  return () => {
    let reached: ReachedGateway;

    beforeEach(async () => (reached = await openQueue()));
    afterEach(() => reached.close());

    it('lists the entries by time of receipt, page by page', async () => {
      const items = await allOf(reached);
      expect(items.map(({ id }) => id)).to.deep.equal(['0A1', '0A2', '0B1', '0B2']);
      expect(items[2]).to.deep.include({
        state: 'held',
        dueAt: null,
        attempts: 1,
        recipients: ['y@example.edu', 'z@example.org'],
        nextHops: ['example.edu', 'relay.example.org:2525'],
      });
      expect(items[3]).to.deep.include({ state: 'due', last: null, nextHops: ['local:mail.internal:25'] });
    });

    const filters: [QueueFilter, string[]][] = [
      [{ domain: 'Example.ORG' }, ['0A2', '0B1']],
      [{ domain: 'relay.example.org:2525' }, ['0A2', '0B1']],
      [{ domain: 'local:mail.internal:25' }, ['0B2']],
      [{ sender: 'anne@EXAMPLE.com' }, ['0A1']],
      [{ sender: '<>' }, ['0A2']],
      [{ sender: '@example.com' }, ['0A1', '0B1', '0B2']],
      [{ recipient: 'z@example.org' }, ['0B1']],
      [{ recipient: '@example.net' }, ['0A1']],
      [{ state: 'held' }, ['0B1']],
      [{ state: 'due' }, ['0B2']],
      [{ state: 'deferred' }, ['0A1', '0A2']],
      [{ prefix: '0B' }, ['0B1', '0B2']],
      [{ prefix: '0B1' }, ['0B1']],
      [{ prefix: '0A', domain: 'example.org' }, ['0A2']],
      [{ domain: 'example.org', state: 'deferred' }, ['0A2']],
      [{ domain: 'nowhere.example' }, []],
    ];
    for (const [filter, ids] of filters)
      it(`lists ${ids.join() || 'nothing'} for ${JSON.stringify(filter)}`, async () => {
        expect(await idsOf(reached, filter)).to.deep.equal(ids);
        expect(await listedOf(reached, filter)).to.deep.equal(await allOf(reached, filter));
      });

    it('shows an entry in full, and undefined for one that is not there', async () => {
      expect(await reached.queue.show({ id: '0A1' })).to.deep.equal(messages[0]?.entry);
      expect(await reached.queue.show({ id: '0A' })).to.equal(undefined);
      expect(await reached.queue.why({ id: '0A' })).to.equal(undefined);
      expect(await reached.queue.message({ id: '0A' })).to.equal(undefined);
    });

    it('says why an entry is still there', async () => {
      const why = await reached.queue.why({ id: '0A1' });
      expect(why?.recipients[0]).to.deep.include({
        address: 'user@example.net',
        nextHop: 'example.net',
        attempts: 1,
      });
      const said = why?.recipients[0]?.lines.join('\n');
      expect(said).to.match(
        /1 attempt so far, the last .*\(\d+m ago\): mx\.example\.net answered 451 4\.2\.1 Later/,
      );
      expect(said).to.match(/Next attempt .* \(in (1h|\d+m)\): the pause after 1 attempt/);
      await reached.queue.hold({ id: '0B2' });
      expect((await reached.queue.why({ id: '0B2' }))?.recipients[0]?.lines.join()).to.equal(
        'No attempt so far.',
      );
      expect((await reached.queue.why({ id: '0B1' }))?.lines.join()).to.include('Held by the operator');
      expect((await reached.queue.why({ id: '0A2' }))?.lines.join()).to.include(
        'dropped, for its reverse-path is null',
      );
    });

    it('makes entries due now: one, those of a domain, all but the held', async () => {
      expect(await reached.queue.retry({ id: '0A1' })).to.deep.equal({ changed: 1, unchanged: 0 });
      expect(await reached.queue.retry({ domain: 'example.org' })).to.deep.equal({
        changed: 1,
        unchanged: 1,
      });
      expect(await reached.queue.retry({ all: true })).to.deep.equal({ changed: 3, unchanged: 1 });
      expect(await reached.queue.retry({ id: 'none' })).to.deep.equal({ changed: 0, unchanged: 0 });
      expect(await idsOf(reached, { state: 'deferred' })).to.deep.equal([]);
      expect((await reached.queue.show({ id: '0B1' }))?.held).to.equal(true);
    });

    it('holds and releases entries: one, or those of a domain', async () => {
      expect(await reached.queue.hold({ domain: 'example.org' })).to.deep.equal({ changed: 1, unchanged: 1 });
      expect(await idsOf(reached, { state: 'held' })).to.deep.equal(['0A2', '0B1']);
      expect(await reached.queue.release({ id: '0B1' })).to.deep.equal({ changed: 1, unchanged: 0 });
      expect(await reached.queue.release({ id: '0B1' })).to.deep.equal({ changed: 0, unchanged: 1 });
      expect(await idsOf(reached, { state: 'held' })).to.deep.equal(['0A2']);
    });

    it('removes an entry and gives it as it was', async () => {
      expect(await reached.queue.remove({ id: '0A1' })).to.deep.equal(messages[0]?.entry);
      expect(await reached.queue.remove({ id: '0A1' })).to.equal(undefined);
      expect((await reached.status.show()).queue.entries).to.equal(3);
    });

    it('gives a message octet for octet, from the map and from a file', async () => {
      for (const [number, expected] of [octets, large].entries()) {
        const { entry } = messages[number]!;
        const message = await reached.queue.message({ id: entry.id });
        expect(
          message && (await buffer(message)).equals(Buffer.concat([Buffer.from(entry.head), expected])),
        ).to.equal(true);
      }
    });

    it('adds the queue up by next hop', async () => {
      const { nextHops: totals } = await reached.status.nextHops();
      expect(totals[0]).to.deep.include({
        nextHop: 'relay.example.org:2525',
        entries: 2,
        held: 1,
        rest: null,
      });
      expect(totals[0]?.oldest).to.deep.equal({ id: '0A2', receivedAt: messages[1]?.entry.receivedAt });
      expect(totals.map(({ nextHop }) => nextHop).sort()).to.deep.equal([
        'example.edu',
        'example.net',
        'local:mail.internal:25',
        'relay.example.org:2525',
      ]);
      expect(totals.find(({ nextHop }) => nextHop === 'example.edu')?.dueAt).to.equal(null);
    });
  };
}

describe('The queue in the operator’s hand', () => {
  let hosts: GatewayHosts;

  beforeEach(() => (hosts = new GatewayHosts()));
  afterEach(() => hosts.close());

  describe('while the gateway is stopped', () => {
    describe(
      'as ever',
      queueTests(async () => {
        await hosts.fill('outbound', ...messages);
        return reach(hosts.configure());
      }),
    );

    it('tells that it is stopped', async () => {
      await hosts.fill('outbound', ...messages);
      const reached = await reach(hosts.configure());
      expect(await reached.status.show()).to.deep.include({ role: 'outbound', running: false, sessions: 0 });
      expect((await reached.queue.why({ id: '0A1' }))?.lines.join()).to.include('The gateway is not running');
      await reached.close();
    });

    it('leaves the spool to the gateway afterwards, with what was changed', async () => {
      await hosts.fill('outbound', ...messages);
      const reached = await reach(hosts.configure());
      await reached.queue.hold({ id: '0A1' });
      await reached.close();
      const spool = await hosts.openSpool('outbound');
      expect(spool.get('0A1')?.held).to.equal(true);
      await spool.close();
    });
  });

  describe('while the gateway runs', () => {
    let gateway: RunningGateway;

    const openQueue = async (): Promise<ReachedGateway> => {
      gateway = await hosts.run('outbound');
      for (const { entry, body } of messages) await gateway.spool.add(entry, body);
      return reach(gateway.settings);
    };

    describe('as ever', queueTests(openQueue));

    it('tells sessions, attempts under way and local servers', async () => {
      const reached = await openQueue();
      gateway.localServers.started({ host: 'mail.internal', port: 25, weight: 1 });
      expect(await reached.status.show()).to.deep.include({
        role: 'outbound',
        host: 'mx-out.example.com',
        running: true,
        sessions: 3,
        queue: { entries: 4, active: 0, damaged: 0, due: false },
      });
      expect((await reached.status.show()).localServers[0]).to.include({
        host: 'mail.internal',
        status: 'untried',
        outstanding: 1,
      });
    });

    it('says that a next hop rests, and a retry ends its rest', async () => {
      const reached = await openQueue();
      const reply = { code: 451, enhanced: '4.4.1', text: 'No answer' };
      gateway.rest.unreachable('example.net', reply, Date.now());
      gateway.rest.unreachable('example.edu', reply, Date.now());
      const said = (await reached.queue.why({ id: '0A1' }))?.recipients[0]?.lines.join('\n');
      expect(said).to.match(/example\.net rests until .* 451 4\.4\.1 No answer/);
      expect(
        (await reached.status.nextHops()).nextHops.find(({ nextHop }) => nextHop === 'example.net')?.rest
          ?.reply,
      ).to.deep.equal(reply);
      await reached.queue.retry({ id: '0A1' });
      expect(gateway.rest.restOf('example.net', Date.now())).to.equal(undefined);
      expect(gateway.rest.restOf('example.edu', Date.now())).not.to.equal(undefined);
      await reached.queue.retry({ all: true });
      expect(gateway.rest.restOf('example.edu', Date.now())).to.equal(undefined);
    });

    it('says that local servers are down', async () => {
      const reached = await openQueue();
      const server = { host: 'mail.internal', port: 25, weight: 1 };
      const noAnswer = { code: 451, enhanced: '4.4.1', text: 'No answer' };
      for (let failure = 0; failure < 3; failure += 1)
        gateway.localServers.failed(server, 'refused', Date.now() + hour, noAnswer);
      const said = (await reached.queue.why({ id: '0B2' }))?.recipients[0]?.lines.join('\n');
      expect(said).to.match(
        /mail\.internal:25 is down \(failures in a row: 3, the last refused\) .* tried again in 1h/,
      );
    });

    it('attempts at once what is retried', async () => {
      const reached = await openQueue();
      gateway.dispatcher.start(); // attempts 0B2, which is due
      await reached.queue.retry({ id: '0A1' });
      while (gateway.attempts.made.length < 2) await quiet();
      expect(gateway.attempts.made.map(({ domain }) => domain)).to.have.members([
        'example.com',
        'example.net',
      ]);
      expect((await reached.queue.why({ id: '0A1' }))?.lines.join()).to.include('An attempt is under way');
      await Promise.all(gateway.attempts.made.map((made) => made.end('relayed')));
      await gateway.dispatcher.close();
      expect(await idsOf(reached, {})).to.deep.equal(['0A2', '0B1']);
    });

    it('keeps a hold that was made during an attempt', async () => {
      const reached = await openQueue();
      gateway.dispatcher.start();
      while (gateway.attempts.made.length < 1) await quiet();
      expect(await reached.queue.hold({ id: '0B2' })).to.deep.equal({ changed: 1, unchanged: 0 });
      await gateway.attempts.made[0]!.end('deferred');
      await gateway.dispatcher.close();
      expect((await reached.queue.show({ id: '0B2' }))?.held).to.equal(true);
      expect((await reached.queue.show({ id: '0B2' }))?.recipients[0]?.attempts).to.equal(1);
    });

    it('removes an entry that is being attempted, and the attempt does not bring it back', async () => {
      const reached = await openQueue();
      gateway.dispatcher.start();
      while (gateway.attempts.made.length < 1) await quiet();
      expect((await reached.queue.remove({ id: '0B2' }))?.id).to.equal('0B2');
      await gateway.attempts.made[0]!.end('deferred');
      await gateway.dispatcher.close();
      expect(await reached.queue.show({ id: '0B2' })).to.equal(undefined);
    });

    it('is open to none without the token, and asks for sense', async () => {
      await openQueue();
      const headers = { authorization: `Bearer ${gateway.token}` };
      const ask = async (path: string, init: RequestInit = { headers }): Promise<[number, string]> => {
        const answer = await fetch(`${gateway.url}/api${path}`, init);
        return [answer.status, await answer.text()];
      };
      expect((await ask('/queue', {}))[0]).to.equal(401);
      expect((await ask('/openapi.json', {}))[0]).to.equal(401);
      expect((await ask('/openapi.json'))[1]).to.match(/^\{"openapi":"3\.1\.0"/);
      expect((await ask('/queue/0A1', { method: 'DELETE' }))[0]).to.equal(401);
      expect(await ask('/queue?limit=0')).to.deep.equal([
        400,
        '{"error":"limit is a number from 1 to 1000, not 0"}',
      ]);
      expect((await ask('/queue?state=lost'))[0]).to.equal(400);
      expect((await ask('/queue/none'))[0]).to.equal(404);
      expect((await ask('/queue/none/hold', { method: 'POST', headers }))[0]).to.equal(404);
      expect((await ask('/queue/0A1/hold', { method: 'POST', headers }))[0]).to.equal(200);
      expect((await ask('/queue/retry', { method: 'POST', headers }))[0]).to.equal(400);
      expect((await ask('/queue/retry?id=0A1&all=true', { method: 'POST', headers }))[0]).to.equal(400);
      const message = await fetch(`${gateway.url}/api/queue/0A1/message`, { headers });
      expect(message.headers.get('content-type')).to.equal('message/rfc822');
    });
  });

  describe('when it cannot be reached', () => {
    const refusal = (settings: Settings): Promise<Error> =>
      reach(settings).then(
        () => expect.fail('it was reached'),
        (error: unknown) => error as Error,
      );

    it('says which key turns on the API of the gateway that runs', async () => {
      await hosts.run('outbound');
      const { message } = await refusal(hosts.configure({ outbound: 'none' }));
      expect(message).to.match(/in use by process \d+.*outbound\.http is none.*set it/s);
    });

    it('says where a gateway that runs does not answer', async () => {
      await hosts.run('outbound');
      const { message } = await refusal(hosts.configure());
      expect(message).to.match(
        /in use by process \d+.*nothing answers at 127\.0\.0\.1:1 \(outbound\.http\)/s,
      );
    });

    it('says that the gateway which answers runs on another spool, or is the other one', async () => {
      const { settings, token } = await hosts.run('inbound');
      await hosts.fill('outbound');
      const crossed = hosts.configure({ outbound: `127.0.0.1:${settings.inbound.http?.port}` });
      hosts.keepToken('outbound', 'of long ago');
      expect((await refusal(crossed)).message).to.match(
        /outbound\.http.*401.*does not run on .*outbound\.spool/,
      );
      hosts.keepToken('outbound', token);
      expect((await refusal(crossed)).message).to.match(/outbound\.http\) is the other gateway of the pair/);
    });
  });
});
