import { expect } from 'chai';
import { describe, it } from 'mocha';
import { mailpair } from '../../mailpair/command.ts';
import { untilBothAlive, untilPartner, useSecret } from '../../support/heartbeat.ts';
import { usePair } from '../../support/use-pair.ts';

describe('a different configuration is named on both sides', () => {
  const pair = usePair({ config: useSecret().config });
  const roles = ['inbound', 'outbound'] as const;
  const differing = ['queue.expire', 'smtp.maxMessage'];

  it('by key, once, when one gateway has read the new file and the other has not', async () => {
    await untilBothAlive(pair());
    pair().configure({ 'smtp.maxMessage': '7MB', 'queue.expire': '3d', 'log.level': 'warn' });
    pair().inbound.signal('SIGHUP');
    for (const role of roles) {
      const told = await pair()[role].until(({ event }) => event === 'partner.configuration-differs');
      expect(told).to.deep.include({ level: 'warn', keys: differing });
      expect(told['fix']).to.include('same mailpair.yaml');
      const { configDifferences } = await untilPartner(pair(), role, ({ load }) => load !== null);
      expect(configDifferences).to.deep.equal(differing);
    }
  });

  it('in status, with the load of both', async () => {
    const { out, code } = await mailpair(['status', '--config', pair().configFile]);
    expect(code).to.equal(1);
    expect(out).to.match(/^2 faults: .*another configuration: queue\.expire, smtp\.maxMessage: put the same/);
    expect(out.match(/CONFIGURATION DIFFERS: queue\.expire, smtp\.maxMessage;/g)).to.have.length(2);
    expect(out).to.match(/partner outbound mx-out\.example\.com: alive, load \d\.\d\d/);
    expect(out).to.match(/partner inbound mx-in\.example\.com: alive, load \d\.\d\d/);
  });

  it('and is over when the other has read it too', async () => {
    pair().outbound.signal('SIGHUP');
    for (const role of roles) {
      await untilPartner(pair(), role, ({ configDifferences }) => configDifferences.length === 0);
      await pair()[role].stop();
      expect(pair()[role].logged('partner.configuration-differs')).to.have.length(1);
    }
  });
});
