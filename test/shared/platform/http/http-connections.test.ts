import { HttpConnections, KNOWN_CLIENTS, STRANGERS } from '@mailpair/shared/platform/http/http-connections';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';

describe('the connections of the HTTP listener', () => {
  const known = '10.0.0.3';
  const open = () => new HttpConnections((address) => address.startsWith('10.'));
  const stranger = (n: number): string => `192.0.${n >> 8}.${n & 255}`;

  it('are bounded for all strangers together, and leave the places of those who are known', () => {
    const connections = open();
    let held = 0;
    for (let n = 0; n < 1_000; n += 1) if (connections.admit(stranger(n))) held += 1;
    expect(held).to.equal(STRANGERS.all);
    expect(connections.admit(known)).to.be.a('function');
  });

  it('are bounded for each client, of IPv6 for each /64', () => {
    const connections = open();
    for (let n = 0; n < STRANGERS.each; n += 1)
      expect(connections.admit(`2001:db8::${n + 1}`)).to.be.a('function');
    expect(connections.admit('2001:db8::ffff')).to.equal(undefined);
    expect(connections.admit('2001:db8:0:1::1')).to.be.a('function');
    for (let n = 0; n < KNOWN_CLIENTS.each; n += 1) expect(connections.admit(known)).to.be.a('function');
    expect(connections.admit(known)).to.equal(undefined);
  });

  it('give back just what they took, in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(5), fc.nat(60)), { maxLength: 300 }), (steps) => {
        const connections = open();
        const held: { client: string; giveBack: () => void }[] = [];
        for (const [who, which] of steps) {
          const taken = held[which];
          if (taken) {
            taken.giveBack();
            held.splice(which, 1);
          }
          const client = stranger(who);
          const giveBack = connections.admit(client);
          const ofClient = held.filter((one) => one.client === client).length;
          const isRoom = held.length < STRANGERS.all && ofClient < STRANGERS.each;
          expect(giveBack !== undefined).to.equal(isRoom);
          if (giveBack) held.push({ client, giveBack });
        }
      }),
    );
  });
});
