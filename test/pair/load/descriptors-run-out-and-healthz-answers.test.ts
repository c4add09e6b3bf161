import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { gatewayProcess, type GatewayProcess } from '../../support/gateway-process.ts';
import { eventually } from '../../support/heartbeat.ts';
import { knock } from '../../support/crowd.ts';
import { openPair, type Pair } from '../../support/pair.ts';
import { SmtpClient } from '../../support/smtp-client.ts';

/** Files, sockets among them, that each process of the gateway may have open. */
const LIMIT = 200;
const STRANGERS = 300;

describe('a gateway whose descriptors run out', () => {
  let pair: Pair | undefined;
  let inbound: GatewayProcess | undefined;

  before(async () => {
    pair = await openPair({
      start: [],
      config: { 'inbound.workers': 1, 'limits.connectionsPerClient': 1_000 },
    });
    const within = ['sh', '-c', `ulimit -n ${LIMIT} && exec "$@"`, 'sh'];
    inbound = gatewayProcess({ role: 'inbound', configFile: pair.configFile, within });
    await inbound.start();
  });
  after(async () => {
    await inbound?.kill9();
    await pair?.close();
  });

  it('defers strangers before, says so with the fix, and goes on to answer', async () => {
    const { mxIn, get } = pair!;
    const clients = await Promise.all(Array.from({ length: STRANGERS }, () => SmtpClient.connect(mxIn)));
    // Some are refused with 421; the last are dropped, since even that takes a descriptor.
    const codes = await Promise.all(
      clients.map(({ greeting }) =>
        greeting.then(
          ({ code }) => code,
          (error: Error) => error.message,
        ),
      ),
    );
    const served = codes.filter((code) => code === 220).length;
    expect(served).to.be.within(20, LIMIT / 2);
    expect(codes).to.include(421);
    expect(await get('inbound', '/healthz')).to.equal('alive\n');
    expect(await get('inbound', '/readyz')).to.equal('ready\n');
    await inbound!.until(({ event }) => event === 'descriptors.exhausted');
    expect(inbound!.logged('descriptors.exhausted')).to.have.lengthOf(1);
    expect(inbound!.logged('descriptors.exhausted')[0]).to.include({ level: 'error', limit: LIMIT });
    for (const client of clients) client.destroy();
  });

  it('takes mail again when they have gone', async () => {
    const { mxIn, local } = pair!;
    const { client } = await eventually(
      () => knock(mxIn),
      ({ said }) => said === '220',
    );
    for (const said of ['EHLO a.test', 'MAIL FROM:<a@example.net>', 'RCPT TO:<b@example.com>', 'DATA'])
      await client!.say(said);
    expect((await client!.say('Subject: x\r\n\r\nx\r\n.')).code).to.equal(250);
    expect(local.deliveries).to.have.lengthOf(1);
    await client!.quit();
  });
});
