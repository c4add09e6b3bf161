import { reachHere, type ReachedGateway } from '@mailpair/shared/api/reach-gateway';
import type { Sides } from '@mailpair/shared/api/sides';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { GatewayHosts, stored } from './gateway-fixture.ts';

describe('A gateway that is stopped', () => {
  let hosts: GatewayHosts;
  const reach = (needs: keyof Sides): Promise<ReachedGateway> =>
    reachHere('outbound', hosts.configure(), {
      needs,
      onDamage: () => expect.fail('nothing is damaged'),
    });
  const faultOf = (asked: Promise<unknown>): Promise<string> =>
    asked.then(
      () => expect.fail('it was answered'),
      (error: Error) => error.message,
    );

  beforeEach(async () => {
    hosts = new GatewayHosts();
    await hosts.fill('outbound', stored('0A1'));
  });
  afterEach(() => hosts.close());

  it('reads questions as one that runs does', async () => {
    const gateway = await reach('queue');
    expect(await faultOf(gateway.queue.page({ limit: 1_001 }))).to.equal(
      'limit is a number from 1 to 1000, not 1001',
    );
    expect(await faultOf(gateway.queue.hold({ id: '0A1', all: true }))).to.match(/^give one of id/);
    expect((await gateway.queue.page()).items.map(({ id }) => id)).to.deep.equal(['0A1']);
    await gateway.close();
  });

  it('is kept from others by one lock, whichever of its files is opened first', async () => {
    for (const needs of ['bayes', 'queue'] as const) {
      const gateway = await reach(needs);
      expect(await faultOf(hosts.openSpool('outbound')), needs).to.include('in use by process');
      expect((await gateway.bayes.status()).spam).to.equal(0);
      expect((await gateway.status.show()).queue.entries).to.equal(1);
      expect(await faultOf(hosts.openSpool('outbound')), needs).to.include('in use by process');
      await gateway.close();
      await (await hosts.openSpool('outbound')).close();
    }
  });

  it('answers nothing that only one that runs knows', async () => {
    for (const needs of ['bans', 'senders', 'draining', 'configuration'] as const)
      expect(await faultOf(reach(needs)), needs).to.equal('it does not run');
    await (await hosts.openSpool('outbound')).close();
  });

  it('opens no spool for records, which may be read while another process has it', async () => {
    const spool = await hosts.openSpool('outbound');
    const gateway = await reach('records');
    for await (const lines of await gateway.records.lines()) expect(lines).to.deep.equal([]);
    await gateway.close();
    await spool.close();
  });
});
