import { expect } from 'chai';
import { describe, it } from 'mocha';
import { eventually, metricOf, untilBothAlive, useSecret, type RoleName } from '../../support/heartbeat.ts';
import { addressList } from '../../support/list-zone.ts';
import { deliverBy, useProxiedPair } from '../../support/proxied-pair.ts';

describe('a sender that delivered clean mail is known', () => {
  const pair = useProxiedPair({
    start: ['inbound', 'outbound'],
    config: {
      ...useSecret().config,
      'lists.deny': [{ zone: 'bl.test', score: 5 }],
      'clients.noName': 0,
      'clients.unknownName': 0,
      'judge.tagAt': 4,
      'judge.quarantineAt': 99,
      'judge.rejectAt': 100,
    },
    zone: addressList('bl.test', { '198.51.100.7': ['127.0.0.2'] }),
  });

  async function deliver(address: string): Promise<void> {
    const before = pair().local.deliveries.length;
    await deliverBy(await pair().clientAt(address));
    await pair().local.until((all) => all.length > before);
  }
  const untilKnown = (role: RoleName, networks: number): Promise<number> =>
    eventually(
      () => metricOf(pair(), role, 'known_networks'),
      (count) => count === networks,
    );

  it('by the gateway that took it and by its partner; one whose mail was tagged is not', async () => {
    await untilBothAlive(pair());
    await deliver('198.51.100.7');
    await deliver('192.0.2.7');
    const verdicts = pair().local.deliveries.map(({ head }) => /^X-Mailpair-Verdict: (\w+)/m.exec(head)?.[1]);
    expect(verdicts).to.deep.equal(['tag', 'accept']);
    for (const role of ['inbound', 'outbound'] as const) await untilKnown(role, 1);
  });

  it('by both of them after a restart', async () => {
    const { inbound, outbound } = pair();
    for (const gateway of [inbound, outbound]) await gateway.kill9();
    for (const [gateway, role] of [
      [inbound, 'inbound'],
      [outbound, 'outbound'],
    ] as const) {
      await gateway.start();
      await untilKnown(role, 1);
      await gateway.kill9(); // so that it does not tell the other
    }
  });
});
