import { expect } from 'chai';
import { after, describe, it } from 'mocha';
import type { SenderView } from '@mailpair/shared/gateway/pair/senders';
import { mailpair } from '../../mailpair/command.ts';
import { fortySessions, untilDoor } from '../../support/crowd.ts';
import { eventually, untilBothAlive, useSecret, type RoleName } from '../../support/heartbeat.ts';
import { deliverBy, useProxiedPair } from '../../support/proxied-pair.ts';
import type { SmtpClient } from '../../support/smtp-client.ts';

describe('a sender that moves to the other MX when it is refused', () => {
  const pair = useProxiedPair({
    start: ['inbound', 'outbound'],
    config: {
      ...useSecret().config,
      ...fortySessions,
      'clients.noName': 0,
      'clients.unknownName': 0,
    },
  });
  const held: SmtpClient[] = [];
  after(() => held.forEach((client) => client.destroy()));
  const sender = '192.0.2.7';

  const sendersAt = async (role: RoleName): Promise<readonly SenderView[]> =>
    ((await pair().get(role, '/api/senders')) as { senders: SenderView[] }).senders;

  async function deliver(address: string, role: RoleName): Promise<void> {
    await deliverBy(await pair().clientAt(address, 'mail.sender.test', role));
  }

  it('is known for it after five times, by both gateways', async () => {
    await untilBothAlive(pair());
    // A known client may fill inbound up to its limit; behind a balancer its port stays open.
    await deliver('10.1.2.3', 'inbound');
    while (held.length < 38) held.push(await pair().clientAt('10.1.2.3'));
    await untilDoor(pair(), 'inbound', 'shut');
    for (let times = 1; times <= 5; times += 1) {
      await eventually(
        () => pair().greetingAt(sender),
        ({ code, text }) => code === 421 && text.includes('other MX'),
      );
      await deliver(sender, 'outbound');
      for (const role of ['inbound', 'outbound'] as const)
        await eventually(
          () => sendersAt(role),
          ([view]) => view?.moved === times,
        );
    }
    for (const role of ['inbound', 'outbound'] as const)
      expect((await sendersAt(role))[0]).to.deep.include({ sender, class: 'moves', moved: 5, waited: 0 });
  });

  it('is shown by mailpair senders, once', async () => {
    const { code, out } = await mailpair(['senders', '--config', pair().configFile]);
    expect(code).to.equal(0);
    expect(out.trim().split('\n')).to.have.length(2);
    expect(out).to.match(/^192\.0\.2\.7 +moves +5 +0 +/m);
  });
});
