import { expect } from 'chai';
import { describe, it } from 'mocha';
import type { Settings } from '@mailpair/shared/config/settings';
import { describeFaults } from '../fault-table.ts';
import { minimal, readText } from '../reading.ts';

describeFaults(
  'the lists in DNS',
  `
    lists: { deny: ["bl test"] }
    lists.deny[0] | bl test | is not a name | write a domain such as bl.example.net
    lists: { deny: [{ score: 3 }] }
    lists.deny[0] | {"score":3} | has no zone | add zone: bl.example.net
    lists: { deny: [{ zone: bl.test, scores: 3 }] }
    lists.deny[0].scores | 3 | is an unknown key | write score
    lists: { deny: [{ zone: bl.test, score: -3 }] }
    lists.deny[0].score | -3 | speaks for who is listed | write it above 0
    lists: { allow: [{ zone: wl.test, score: 3 }] }
    lists.allow[0].score | 3 | speaks against who is listed | write it below 0
    lists: { allow: [{ zone: wl.test, codes: { "127.0.*.3": 6 } }] }
    lists.allow[0].codes["127.0.*.3"] | 6 | speaks against who is listed | write it below 0
    lists: { allow: [{ zone: wl.test, verdict: reject }] }
    lists.allow[0].verdict | reject | is not one of the known words | score or allow
    lists: { deny: [{ zone: bl.test, codes: { "192.0.2.1": 3 } }] }
    lists.deny[0].codes["192.0.2.1"] | 192.0.2.1 | is no code of a list | 127.0.0.4
    lists: { deny: [{ zone: bl.test, codes: { "127.255.255.254": 3 } }] }
    lists.deny[0].codes["127.255.255.254"] | 127.255.255.254 | is how a list says that it does not answer | 127.0.0.4
    lists: { deny: [{ zone: bl.test, codes: { "127.0.0.4": much } }] }
    lists.deny[0].codes["127.0.0.4"] | much | is not a number from -1000 to 1000 | write a number
    lists: { deny: [{ zone: bl.test, test: listed.test }] }
    lists.deny[0].test | listed.test | is not an address | an address that the list lists
    lists: { domains: [{ zone: dbl.test, ask: [url] }] }
    lists.domains[0].ask[0] | url | is not one of the known words | write urls
    lists: { deny: [bl.test], allow: [{ zone: wl.test, name: bl.test }] }
    lists.allow[0] | bl.test | is the name of lists.deny[0] too | a name of its own
    lists: { deny: [{ zone: bl.test, name: "b l" }] }
    lists.deny[0].name | b l | is not a name of a list | letters, digits
    lists: { onFault: reject }
    lists.onFault | reject | is not one of the known words | accept or defer
    clients: { noName: -1 }
    clients.noName | -1 | is not a number from 0 to 1000 | write a number
  `,
);

const listsOf = (text: string): Settings['lists'] | undefined =>
  readText(`${text}\n${minimal()}`).settings?.lists;

describe('the lists in DNS in the configuration', () => {
  it('are none unless told otherwise', () => {
    expect(listsOf('')).to.deep.equal({
      deny: [],
      allow: [],
      domains: [],
      refuseAt: null,
      onFault: 'accept',
      timeoutMs: 3_000,
      testMs: 1_800_000,
      retestMs: 60_000,
    });
  });

  it('are zones alone, with the usual weights', () => {
    const lists = listsOf('lists: { deny: [BL.test], allow: [wl.test], domains: [dbl.test] }');
    const usual = { codes: [], verdict: 'score', test: null };
    expect(lists?.deny).to.deep.equal([{ ...usual, name: 'bl.test', zone: 'bl.test', score: 3 }]);
    expect(lists?.allow).to.deep.equal([{ ...usual, name: 'wl.test', zone: 'wl.test', score: -3 }]);
    expect(lists?.domains).to.deep.equal([
      { ...usual, name: 'dbl.test', zone: 'dbl.test', score: 3, ask: ['urls'] },
    ]);
  });

  it('are mappings with everything', () => {
    const lists = listsOf(
      'lists: { deny: [{ zone: key.bl.test, name: bl, score: 4.5, codes: { "127.0.0.4": 2 }, verdict: reject, ' +
        'test: 192.0.2.99 }], domains: [{ zone: dbl.test, ask: [urls, sender, helo, reverse], test: listed.test }] }',
    );
    expect(lists?.deny).to.deep.equal([
      {
        name: 'bl',
        zone: 'key.bl.test',
        score: 4.5,
        codes: [{ code: '127.0.0.4', score: 2 }],
        verdict: 'reject',
        test: '192.0.2.99',
      },
    ]);
    expect(lists?.domains[0]).to.deep.include({
      ask: ['urls', 'sender', 'helo', 'reverse'],
      test: 'listed.test',
    });
  });

  it('count codes that are named and no others where there is no score', () => {
    expect(
      listsOf('lists: { allow: [{ zone: wl.test, codes: { "127.0.*.3": -6 } }] }')?.allow,
    ).to.deep.include({
      name: 'wl.test',
      zone: 'wl.test',
      score: 0,
      codes: [{ code: '127.0.*.3', score: -6 }],
      verdict: 'score',
      test: null,
    });
  });

  it('are warned of when a slow one would hide the others', () => {
    const { warnings } = readText(`lists: { deny: [bl.test], timeout: 5s }\n${minimal()}`);
    expect(warnings.map(({ path }) => path)).to.deep.equal(['lists.timeout']);
    expect(warnings[0]?.fix).to.include('write less than 4s');
    expect(readText(`lists: { deny: [bl.test] }\n${minimal()}`).warnings).to.deep.equal([]);
  });
});
