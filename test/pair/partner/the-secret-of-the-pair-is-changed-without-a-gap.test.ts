import { expect } from 'chai';
import { describe, it } from 'mocha';
import {
  eventually,
  metricOf,
  newSecret,
  untilBothAlive,
  untilPartner,
  useSecret,
} from '../../support/heartbeat.ts';
import { usePair } from '../../support/use-pair.ts';

describe('the secret of the pair is changed without a gap', () => {
  const [old, fresh] = [newSecret(), newSecret()];
  const secret = useSecret(old);
  const pair = usePair({ config: secret.config });

  /** Each gateway reads it, one after the other, with heartbeats in between. */
  async function change(...secrets: string[]): Promise<void> {
    secret.write(...secrets);
    for (const role of ['inbound', 'outbound'] as const) {
      const gateway = pair()[role];
      const reloads = gateway.logged('gateway.reloaded').length;
      gateway.signal('SIGHUP');
      await gateway.until(() => gateway.logged('gateway.reloaded').length > reloads);
      const sent = await answered();
      await eventually(answered, (count) => count > sent + 3);
    }
  }
  const answered = async (): Promise<number> => {
    const labels = { direction: 'sent', result: 'answered' };
    const counts = [metricOf(pair(), 'inbound', 'heartbeats_total', labels)];
    counts.push(metricOf(pair(), 'outbound', 'heartbeats_total', labels));
    return Math.min(...(await Promise.all(counts)));
  };

  it('by adding the new one, using it, and removing the old one', async () => {
    await untilBothAlive(pair());
    await change(old, fresh);
    await change(fresh, old);
    await change(fresh);
    for (const role of ['inbound', 'outbound'] as const) {
      const refused = { direction: 'sent', result: 'refused' };
      expect(await metricOf(pair(), role, 'heartbeats_total', refused)).to.equal(0);
      expect(pair()[role].logged('heartbeat.refused')).to.deep.equal([]);
      expect(pair()[role].logged('partner.configuration-differs')).to.deep.equal([]);
    }
  });

  it('with a gap when it is changed on one host only, and both say why', async () => {
    secret.write(newSecret());
    pair().inbound.signal('SIGHUP');
    const { fault } = await untilPartner(pair(), 'inbound', ({ state }) => state === 'dead');
    expect(fault).to.match(/^it has another secret; pair\.secretFile differs/);
    const refused = await pair().outbound.until(({ event }) => event === 'heartbeat.refused');
    expect(refused).to.include({ reason: 'secret', client: '127.0.0.1' });
    expect(refused['fix']).to.match(/^pair\.secretFile differs/);
    pair().outbound.signal('SIGHUP');
    await untilBothAlive(pair());
  });
});
