import { expect } from 'chai';
import { describe, it } from 'mocha';
import { NoAddress } from '@mailpair/shared/smtp/client/faults';
import type { NextHop } from '@mailpair/shared/platform/values/next-hop';
import { hopTo, message } from './fixtures.ts';
import { deadHop, network, told } from './network.ts';

const replyFor: Readonly<Record<string, NoAddress>> = {
  gone: new NoAddress({ code: 550, enhanced: '5.4.4', text: 'no address in the internet' }),
  private: new NoAddress({ code: 451, enhanced: '4.4.4', text: 'private addresses' }),
};

describe('a host that DNS names and that has no address to go to', () => {
  const { connectionsWith, sinkWith } = network();
  const asked: NextHop[] = [];
  const connections = (settings = {}) =>
    connectionsWith(settings, {
      addressesOf(hop) {
        asked.push(hop);
        const fault = replyFor[hop.host];
        return fault ? Promise.reject(fault) : Promise.resolve(['127.0.0.1']);
      },
    });
  const hop = (host: string, port = 25): NextHop => hopTo(port, { host, fromDns: true });
  const send = async (...hops: NextHop[]) => told(await connections().send(hops, message()));

  it('is proof when it is the only one, or all are such', async () => {
    expect(await send(hop('gone'))).to.deep.equal(['bounced 550']);
    expect(await send(hop('gone'), hop('gone', 26))).to.deep.equal(['bounced 550']);
  });

  it('is none beside one that may be reached later, whichever comes first', async () => {
    expect(await send(hop('gone'), hop('private'))).to.deep.equal(['deferred 451']);
    expect(await send(hop('private'), hop('gone'))).to.deep.equal(['deferred 451']);
  });

  it('is passed over for one that takes the message, or refuses it', async () => {
    const [one, two] = [await sinkWith(), await sinkWith({ on: { RCPT: '550 5.1.1 Nobody' } })];
    expect(await send(hop('gone'), hop('there', one.port))).to.deep.equal(['relayed 250']);
    expect(await send(hop('gone'), hop('there', two.port))).to.deep.equal(['bounced 550']);
    const three = await sinkWith({ on: { RCPT: '450 4.2.0 Later' } });
    expect(await send(hop('there', three.port), hop('gone'))).to.deep.equal(['deferred 450']);
  });

  it('is no proof beside hosts that did not answer, of which five addresses are tried', async () => {
    const dead = await Promise.all(Array.from({ length: 6 }, () => deadHop()));
    expect(await send(hop('gone'), ...dead)).to.deep.equal(['deferred 451']);
    expect(await send(...dead, hop('gone'))).to.deep.equal(['deferred 451']);
  });

  it('is asked about though its name is an address, which for a host of the operator is used as it is', async () => {
    const { port } = await sinkWith();
    asked.length = 0;
    await send(hop('127.0.0.1', port));
    await send(hopTo(port));
    expect(asked).to.deep.equal([hop('127.0.0.1', port)]);
  });

  it('has no part in sessions with a host of the operator of the same name', async () => {
    const { port, sessions } = await sinkWith();
    const all = connections();
    await all.send([hopTo(port, { host: 'there' })], message());
    await all.send([hop('there', port)], message());
    expect(sessions).to.have.length(2);
  });
});
