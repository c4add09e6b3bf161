import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { parseNetwork } from '@mailpair/shared/platform/network/addresses';
import { clientOf, neighbourhoodOf, networkOf } from '@mailpair/shared/platform/network/client-network';

describe('what of an address is', () => {
  it('one client', () => {
    expect(clientOf('192.0.2.7')).to.equal('192.0.2.7');
    expect(clientOf('2001:db8:1:2:3:4:5:6')).to.equal('2001:db8:1:2::/64');
  });

  it('its neighbourhood', () => {
    expect(neighbourhoodOf('192.0.2.7')).to.equal('192.0.2.0/24');
    expect(neighbourhoodOf('2001:db8:1:2:3:4:5:6')).to.equal('2001:db8:1::/48');
  });

  it('the network of a sender with several hosts', () => {
    expect(networkOf('192.0.2.7')).to.equal('192.0.2.0/24');
    expect(networkOf('2001:db8:1:2:3:4:5:6')).to.equal('2001:db8:1:2::/64');
  });

  it('the same as a reader of networks finds, and other text unchanged', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const network = parseNetwork(`${address}/24`)!;
        expect(neighbourhoodOf(address)).to.equal(`${network.base}/24`);
        expect(networkOf(address)).to.equal(`${network.base}/24`);
      }),
    );
    for (const text of ['', 'unknown', '192.0.2', '192.0.2.700']) expect(networkOf(text)).to.equal(text);
  });
});
