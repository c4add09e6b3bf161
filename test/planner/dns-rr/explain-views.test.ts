import { startBalance, withLook, withOthers } from '@mailpair/planner/dns-rr/balance';
import { explainViews, seenBy } from '@mailpair/planner/dns-rr/explain-views';
import type { Sighting, View } from '@mailpair/planner/dns-rr/view';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const rules = { deadAfter: 1, backAfter: 1, ttlSeconds: 60, intervalMs: 300_000, floor: 1 };
const other = (by: string, seen: Readonly<Record<string, Sighting['as']>>): View => ({
  by,
  since: 1,
  at: 1,
  validSeconds: 180,
  sightings: new Map(Object.entries(seen).map(([address, as]) => [address, { as, load: null }])),
});
const look = (answer: 'yes' | 'no' | 'unknown') => ({ answers: [answer], load: 0, draining: null });

describe('the explanation of views', () => {
  it('says of each address on which they differ who sees what, and what follows', () => {
    const start = startBalance([['192.0.2.1'], ['192.0.2.2'], ['192.0.2.3'], ['2001:db8::4']]);
    const looked = withLook(start, [look('yes'), look('no'), look('yes'), look('unknown')], 0, rules);
    const others = [
      other('ns2/b', {
        '192.0.2.1': 'up',
        '192.0.2.2': 'up',
        '192.0.2.3': 'draining',
        '2001:db8::4': 'down',
      }),
      other('ns3/c', { '192.0.2.1': 'up', '192.0.2.2': 'down', '192.0.2.9': 'up' }),
    ];
    expect(explainViews(withOthers(looked, others, null))).to.deep.equal([
      '192.0.2.2 is down here, up by ns2/b, down by ns3/c: it counts as alive',
      '192.0.2.3 is up here, draining by ns2/b: it is withdrawn while it drains',
      '2001:db8::4 is not judged here, down by ns2/b: it counts as dead',
      '192.0.2.9 is not judged here, up by ns3/c: it counts as alive',
    ]);
    expect(seenBy('192.0.2.2', others)).to.deep.equal({ 'ns2/b': 'up', 'ns3/c': 'down' });
  });

  it('is empty without others', () => {
    const looked = withLook(startBalance([['192.0.2.1']]), [look('no')], 0, rules);
    expect(explainViews(looked)).to.deep.equal([]);
  });
});
