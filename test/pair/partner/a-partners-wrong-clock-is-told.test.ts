import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { mailpair } from '../../mailpair/command.ts';
import { eventually, metricOf, newSecret, untilPartner, useSecret } from '../../support/heartbeat.ts';
import { INBOUND, openPair, type Pair } from '../../support/pair.ts';
import { openStandIn, type StandIn } from '../../support/stand-in-partner.ts';

describe('a partner’s wrong clock is told', () => {
  const own = newSecret();
  const secret = useSecret(own);
  let standIn: StandIn;
  let pair: Pair;

  before(async () => {
    standIn = await openStandIn('outbound/mx-out.example.com', own);
    pair = await openPair({ config: { ...secret.config, 'outbound.url': standIn.url }, start: ['inbound'] });
    const { inbound } = JSON.parse(readFileSync(pair.configFile, 'utf8')) as { inbound: { http: string } };
    standIn.meet({ role: 'inbound', node: INBOUND, url: `http://${inbound.http}` });
  });
  after(async () => {
    await standIn.close();
    await pair.close();
  });

  it('when it is half a minute ahead: in the log, in status, and nothing else comes of it', async () => {
    await untilPartner(pair, 'inbound', ({ state }) => state === 'alive');
    standIn.skewMs = 30_000;
    const told = await pair.inbound.until(({ event }) => event === 'partner.clock-skew');
    expect(told['skewMs']).to.be.within(25_000, 35_000);
    expect(told['fix']).to.include('NTP');
    const { out } = await mailpair(['status', '--role', 'inbound', '--config', pair.configFile]);
    expect(out).to.match(/its clock is (2\d|3\d)s ahead of ours/);
    const { state, fault } = await untilPartner(pair, 'inbound', ({ skewMs }) => skewMs !== null);
    expect({ state, fault }).to.deep.equal({ state: 'alive', fault: null });
  });

  it('when it is ten minutes behind: its heartbeats are refused as stale, and it is dead for that reason', async () => {
    standIn.skewMs = -600_000;
    const { fault } = await untilPartner(pair, 'inbound', ({ state }) => state === 'dead');
    expect(fault).to.match(/^its clock is (9|10)m behind ours; set both clocks by NTP/);
    const stale = () =>
      metricOf(pair, 'inbound', 'heartbeats_total', { direction: 'received', result: 'stale' });
    await eventually(stale, (count) => count > 0);
    expect(standIn.views()[0]?.fault).to.match(/^its clock is (9|10)m ahead of ours/);
  });

  it('and set right, it is back', async () => {
    standIn.skewMs = 0;
    await untilPartner(pair, 'inbound', ({ state, fault }) => state === 'alive' && fault === null);
  });
});
