import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { GatewayHosts } from '../../shared/api/gateway-fixture.ts';
import { mailpair, type Said } from '../command.ts';

describe('mailpair senders', () => {
  let hosts: GatewayHosts;
  const run = (...argv: readonly string[]): Promise<Said> =>
    mailpair(['senders', ...argv, '--config', hosts.config]);
  beforeEach(() => {
    hosts = new GatewayHosts();
    hosts.configure();
  });
  afterEach(() => hosts.close());

  const now = Date.now();
  const refusedAt = (minutes: number): number => now - minutes * 60_000;

  it('shows those of which it is known what they do first', async () => {
    const { senders } = await hosts.run('inbound');
    const waits = Array.from({ length: 5 }, (_, n) => [refusedAt(90 - n), 0]);
    senders.take(
      [
        `s${JSON.stringify(['192.0.2.7', 0, [refusedAt(10), 1]])}`,
        `s${JSON.stringify(['@large.test', 0, ...waits])}`,
      ],
      now,
    );
    const [heads, first, second] = (await run()).out.split('\n');
    expect(heads).to.match(/^SENDER +DOES +MOVED +WAITED +REFUSED$/);
    expect(first).to.match(/^large\.test +waits +0 +5 +1h ago$/);
    expect(second).to.match(/^192\.0\.2\.7 +not known +1 +0 +1\dm ago$/);
    const json = (await run('--json')).out.trim().split('\n');
    expect(json.map((line) => JSON.parse(line) as unknown)).to.deep.equal([
      { sender: 'large.test', class: 'waits', moved: 0, waited: 5, refusedAt: refusedAt(86) },
      { sender: '192.0.2.7', class: 'unknown', moved: 1, waited: 0, refusedAt: refusedAt(10) },
    ]);
  });

  it('says which gateway it could not ask, and that no sender was refused', async () => {
    await hosts.run('inbound');
    const { code, err } = await run();
    expect(code).to.equal(1);
    expect(err).to.match(/^outbound mx-out\.example\.com was not asked: .*pair\.secretFile/m);
    expect(err).to.include('No sender was refused');
  });

  it('takes no operand, and fails when no gateway runs', async () => {
    expect((await run('192.0.2.7')).code).to.equal(2);
    await hosts.fill('inbound');
    const { code, err } = await run();
    expect(code).to.equal(2);
    expect(err).to.include('no gateway could be asked');
  });
});
