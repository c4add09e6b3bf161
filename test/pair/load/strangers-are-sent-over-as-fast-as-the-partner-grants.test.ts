/**
 * Outbound knows by a measurement that it can take 5 messages a second, and grants 4 of them (load.budget is 0.8). The sessions that
 * are held at inbound are load enough to send every stranger to the other MX.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatMeasured, MEASURED_FILE } from '@mailpair/shared/gateway/pair/measured';
import { usableCores } from '@mailpair/shared/platform/resources/usable-cores';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { mailpair } from '../../mailpair/command.ts';
import { Crowd, knock, untilDoor } from '../../support/crowd.ts';
import { untilBothAlive, untilPartner, useSecret } from '../../support/heartbeat.ts';
import { composeMessage } from '../../support/messages.ts';
import { WORKERS } from '../../support/pair.ts';
import { usePair } from '../../support/use-pair.ts';

const PER_SECOND = 5;
const cores = usableCores();
/** With so many of 400 every stranger is to be sent away; the port is closed at 380. */
const HELD = 372;
const sessions = { 'limits.connections': 400, 'limits.connectionsPerClient': 400, 'load.shed': true };

describe('strangers that inbound sends away', () => {
  const pair = usePair({ start: [], config: { ...useSecret().config, ...sessions } });
  let crowd: Crowd;

  before(async () => {
    const secondsPerMessage = Math.min(cores, WORKERS) / PER_SECOND;
    const role = { secondsPerMessage, secondsFixed: 0, secondsPerMegabyte: 0, memoryBytes: 0 };
    const spool = join(pair().directory, 'outbound');
    mkdirSync(spool, { mode: 0o700 });
    const measured = { measuredAt: new Date().toISOString(), cores, inbound: role, outbound: role };
    writeFileSync(join(spool, MEASURED_FILE), formatMeasured(measured));
    await Promise.all([pair().inbound.start(), pair().outbound.start()]);
    await untilBothAlive(pair());
    crowd = await Crowd.meet(
      pair().mxIn,
      composeMessage('plain', { from: 'bert@sender.test', to: ['anna@example.com'] }),
    );
  });
  after(() => crowd.close());

  it('go to a partner that tells its capacity to who configures a balancer, too', async () => {
    const asked = (role: string) =>
      mailpair(['balancer', 'haproxy', '--ask', '--role', role, '--config', pair().configFile]);
    const known = await asked('outbound');
    expect(known.code, known.err).to.equal(0);
    expect(known.out).to.match(/^ {4}server mx-out\.example\.com .* weight 256$/m);
    const unknown = await asked('inbound');
    expect(unknown.code).to.equal(2);
    expect(unknown.err).to.include(
      'mx-in.example.com does not know its capacity yet: run "mailpair capacity" there',
    );
  });

  it('are as many as outbound grants; the others are let in', async () => {
    await untilPartner(
      pair(),
      'inbound',
      ({ messagesPerSecond, grant }) => messagesPerSecond === 5 && grant === 4,
    );
    await crowd.grow(HELD);
    await untilDoor(pair(), 'inbound', 'shedding');
    const beganAt = performance.now();
    const said: string[] = [];
    for (let count = 0; count < 60; count += 1) {
      const { said: greeting, client } = await knock({
        ...pair().mxIn,
        localAddress: `127.0.9.${count + 1}`,
      });
      await client?.quit();
      said.push(greeting);
    }
    const seconds = (performance.now() - beganAt) / 1_000;
    const sentOver = said.filter((greeting) => /other MX host/.test(greeting)).length;
    // The tokens of one second, and those that came meanwhile; each worker has its part of them, and at least one.
    expect(sentOver).to.be.within(1, 4 * (seconds + 1) + WORKERS);
    expect(said.filter((greeting) => greeting === '220')).to.have.lengthOf(60 - sentOver);
  });
});
