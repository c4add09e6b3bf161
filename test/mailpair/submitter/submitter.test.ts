import { Readable } from 'node:stream';
import type { Entry } from '@mailpair/shared/platform/values/entry';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { GatewayHosts, stored, type RunningGateway, type Stored } from '../../shared/api/gateway-fixture.ts';
import { mailpair, type Said } from '../command.ts';

const of = (submitter: string): Entry['origin'] => ({
  session: 's1',
  listener: '10.0.0.3:587',
  client: '10.0.0.9',
  helo: 'pc',
  submitter,
});
const heldFor = 'submitter.held: anna is held: 4 messages within an hour';
const held = (id: string, submitter = 'anna'): Stored =>
  stored(id, { held: true, heldFor, origin: of(submitter) });

describe('mailpair submitter', () => {
  let hosts: GatewayHosts;

  const run = (argv: readonly string[], typed?: string): Promise<Said> =>
    mailpair([...argv, '--config', hosts.config], {
      stdin: Object.assign(Readable.from(typed === undefined ? [] : [typed]), { isTTY: typed !== undefined }),
    });
  const states = async (): Promise<Record<string, string>> => {
    const { out } = await run(['queue', 'list', '--json']);
    const lines = out.split('\n').filter((line) => line !== '');
    const items = lines.map((line) => JSON.parse(line) as { id: string; state: string });
    return Object.fromEntries(items.map(({ id, state }) => [id, state]));
  };

  beforeEach(async () => {
    hosts = new GatewayHosts();
    hosts.configure();
    await hosts.fill(
      'outbound',
      held('0A1'),
      held('0A2'),
      held('0B1', 'bert'),
      stored('0B2', { held: true, origin: of('anna') }),
      stored('0B3', { origin: of('anna') }),
    );
  });

  afterEach(() => hosts.close());

  const charge = ({ ledger }: RunningGateway, times: number, name = 'anna'): void => {
    for (let n = 0; n < times; n += 1)
      ledger.charge({ user: name, address: '10.0.0.9', reversePath: '' }, 2, true);
  };

  for (const kind of ['a running gateway', 'one that is stopped'] as const)
    describe(`with ${kind}`, () => {
      beforeEach(async () => {
        const gateway = await hosts.run('outbound');
        charge(gateway, 4);
        charge(gateway, 1, 'carla');
        if (kind === 'one that is stopped') await hosts.stop();
      });

      it('lists who is held first, with counts, limits and what waits', async () => {
        const { code, out } = await run(['submitter', 'list']);
        expect(code).to.equal(0);
        const [heads, ...rows] = out
          .trimEnd()
          .split('\n')
          .map((line) => line.split(/ {2,}/));
        expect(heads?.slice(0, 3)).to.deep.equal(['NAME', 'MINUTE', 'HOUR']);
        expect(rows.map((row) => [row[0], row[2], row[7]])).to.deep.equal([
          ['anna', '4/3', '2'],
          ['bert', '0/3', '1'],
          ['carla', '1/3', '0'],
        ]);
        expect(rows[0]?.[8]).to.match(/: 4 messages within an hour, submitters\.messagesPerHour is 3$/);
      });

      it('shows one', async () => {
        const { out } = await run(['submitter', 'show', 'anna']);
        expect(out).to.match(/^anna at mx-out\.example\.com: HELD since .*: 4 messages within an hour/);
        expect(out).to.include('  recipientsPerHour 8, no limit\n  ').and.include('  waiting: 2 messages, ');
        const { submitters } = JSON.parse((await run(['submitter', 'show', 'anna', '--json'])).out) as {
          submitters: object[];
        };
        expect(submitters[0]).to.deep.include({ name: 'anna', role: 'outbound' });
        expect((await run(['submitter', 'show', 'nobody'])).code).to.equal(1);
      });

      it('releases what was held for it, not what was held by hand, and counts from nothing', async () => {
        const { code, out } = await run(['submitter', 'release', 'anna', '--per-minute', '1']);
        expect([code, out.split(',')[0]]).to.deep.equal([0, 'anna is released; 2 messages let go']);
        expect(await states()).to.include({
          '0A2': 'deferred',
          '0B1': 'held',
          '0B2': 'held',
          '0B3': 'deferred',
        });
        expect((await run(['submitter', 'list', '--json'])).out).not.to.include('"anna"');
        expect((await run(['submitter', 'release', 'nobody'])).code).to.equal(1);
      });

      it('drops what was held for it, when told that this is meant, and goes on holding it', async () => {
        expect((await run(['submitter', 'purge', 'anna'])).code).to.equal(2);
        const no = await run(['submitter', 'purge', 'anna'], 'n\n');
        expect(no.code).to.equal(1);
        expect(no.err).to.include('Drop 2 messages of anna for good?').and.include('Nothing was dropped.');
        const { code, out } = await run(['submitter', 'purge', 'anna'], 'yes\n');
        expect([code, out]).to.deep.equal([0, 'Dropped 2 messages of anna, 46B.\n']);
        expect(Object.keys(await states())).to.have.members(['0B1', '0B2', '0B3']);
        expect((await run(['submitter', 'purge', 'anna', '--yes'])).code).to.equal(1);
        expect((await run(['submitter', 'show', 'anna'])).out).to.include('HELD');
      });

      it('holds by hand who sends now, and what of it is in the queue', async () => {
        const { code, out } = await run(['submitter', 'hold', 'anna']);
        expect([code, out]).to.deep.equal([0, 'anna is held; 1 message of it in the queue held with it.\n']);
        expect(await states()).to.include({ '0B3': 'held' });
        expect((await run(['submitter', 'hold', 'new'])).code).to.equal(0);
        expect((await run(['submitter', 'show', 'new'])).out).to.include('HELD');
      });

      it('is in what status says', async () => {
        expect((await run(['status'])).out).to.include('SUBMITTER anna IS HELD: 4 messages within an hour');
      });
    });

  it('lets what is released go at the rate that is asked for', async () => {
    const { spool } = await hosts.run('outbound');
    await run(['submitter', 'release', 'anna', '--per-minute', '2']);
    const [first, second] = ['0A1', '0A2'].map((id) => spool.get(id)!.recipients[0]!.dueAt);
    expect(first).to.be.at.most(Date.now());
    expect(second! - first!).to.equal(30_000);
  });

  it('lists what is held of one in the queue', async () => {
    const { out } = await run(['queue', 'list', '--submitter', 'anna', '--held', '--json']);
    expect(out.match(/"id":"\w+"/g)).to.deep.equal(['"id":"0A1"', '"id":"0A2"', '"id":"0B2"']);
    const why = await run(['queue', 'why', '0A1']);
    expect(why.out).to.include(heldFor).and.include('mailpair submitter release anna');
  });
});
