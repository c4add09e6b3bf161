/** What `dns plan --format powerdns` prints is given to the API of a real PowerDNS server, and it says it. */
import { formats } from '@mailpair/planner/formats/formats';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { fullPlan } from '../planner/full-plan.ts';
import { expectPlanned, valuesSaid } from './planned-in-dns.ts';
import { needPowerDns, openPowerDns, type PowerDns } from './powerdns-instance.ts';

const plan = fullPlan();

describe('the DNS plan given to the API of PowerDNS', () => {
  let server: PowerDns;
  let close: (() => Promise<void>) | undefined;

  before(async function () {
    needPowerDns(this);
    server = await openPowerDns();
    close = () => server.close();
    for (const { zone } of plan.zones) await createZone(zone);
  });

  after(() => close?.());

  /** With an old provider's MX and a name that is none of ours. */
  async function createZone(zone: string): Promise<void> {
    const rrset = (name: string, type: string, content: string) => ({
      name,
      type,
      ttl: 600,
      records: [{ content, disabled: false }],
    });
    const body = {
      name: `${zone}.`,
      kind: 'Native',
      nameservers: [`ns1.${zone}.`],
      rrsets: [
        rrset(`${zone}.`, 'MX', '5 mx.old-provider.example.'),
        rrset(`www.${zone}.`, 'A', '192.0.2.98'),
      ],
    };
    const { status } = await server.call('POST', '/zones', JSON.stringify(body));
    expect(status).to.equal(201);
  }

  async function patch(): Promise<void> {
    for (const zone of plan.zones) {
      const response = await server.call(
        'PATCH',
        `/zones/${zone.zone}.`,
        formats.powerdns.composeZone(zone, {}),
      );
      expect([response.status, await response.text()]).to.deep.equal([204, '']);
    }
  }

  it('is there, every record of it, in place of what was there before', async () => {
    await patch();
    for (const { records } of plan.zones) for (const set of records) await expectPlanned(server, set);
  });

  it('leaves alone what it does not plan', async () => {
    expect(await valuesSaid(server, 'www.example.com', 'A')).to.deep.equal(['192.0.2.98']);
  });

  it('changes nothing when it is given again', async () => {
    await patch();
    for (const { records } of plan.zones) for (const set of records) await expectPlanned(server, set);
  });

  it('is refused where it is wrong, so that acceptance means something', async () => {
    const wrong = formats.powerdns.composeZone(plan.zones[0]!, {}).replace('192.0.2.11', '192.0.2.311');
    expect((await server.call('PATCH', '/zones/example.com.', wrong)).status).to.equal(422);
  });
});
