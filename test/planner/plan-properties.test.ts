/** What holds of the plan of any pair. */
import { isIPv4 } from 'node:net';
import { narrowToDomains } from '@mailpair/planner/narrow';
import { planDns } from '@mailpair/planner/plan';
import { isPublishable } from '@mailpair/planner/publishable';
import { normaliseAddress } from '@mailpair/shared/platform/network/addresses';
import { normaliseDomain } from '@mailpair/shared/platform/values/address';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { arbitraryKeys, arbitraryPair } from './arbitrary-pairs.ts';
import { allSets } from './planned.ts';

describe('the DNS plan of any pair', () => {
  it('has one set for a name and type, none empty, no value twice, no alias beside others, no two SPF records', () => {
    fc.assert(
      fc.property(arbitraryPair, arbitraryKeys, (pair, keys) => {
        const sets = allSets(planDns(pair, keys));
        const ids = sets.map(({ name, type }) => `${name} ${type}`);
        expect(new Set(ids).size).to.equal(ids.length);
        for (const { name, type, values, ttl } of sets) {
          expect(values).not.to.be.empty;
          expect(new Set(values.map((value) => JSON.stringify(value))).size).to.equal(values.length);
          expect(ttl).to.be.within(1, 604_800);
          expect(name.length).to.be.at.most(253);
          if (type === 'CNAME') expect(sets.filter((set) => set.name === name)).to.have.length(1);
          if (type === 'TXT') expect(values.filter((text) => /^v=spf1 /.test(text)).length).to.be.at.most(1);
        }
      }),
    );
  });

  it('has every set in the innermost zone that holds its name', () => {
    fc.assert(
      fc.property(arbitraryPair, arbitraryKeys, (pair, keys) => {
        const { zones, elsewhere } = planDns(pair, keys);
        const lies = (name: string, zone: string): boolean => name === zone || name.endsWith(`.${zone}`);
        const all = zones.map(({ zone }) => zone);
        for (const { zone, records } of zones)
          for (const { name } of records) {
            expect(lies(name, zone)).to.equal(true);
            for (const other of all) if (lies(name, other)) expect(other.length).to.be.at.most(zone.length);
          }
        for (const { name } of elsewhere) expect(all.some((zone) => lies(name, zone))).to.equal(false);
      }),
    );
  });

  it('publishes every public address that a host has, with one PTR request, and none that is not public', () => {
    fc.assert(
      fc.property(arbitraryPair, (pair) => {
        const plan = planDns(pair);
        for (const role of [pair.inbound, pair.outbound])
          for (const { host, addresses } of [role, ...role.nodes])
            for (const address of addresses.map(normaliseAddress)) {
              const type = isIPv4(address) ? 'A' : 'AAAA';
              const set = allSets(plan).find(
                (set) => set.name === normaliseDomain(host) && set.type === type,
              );
              const planned = ((set?.values ?? []) as readonly string[]).includes(address);
              expect(planned).to.equal(isPublishable(address));
              expect(plan.ptr.filter((request) => request.address === address)).to.have.length(
                planned ? 1 : 0,
              );
            }
      }),
    );
  });

  it('lets every address that a host has send for the domains, or has no SPF for them', () => {
    fc.assert(
      fc.property(arbitraryPair, (pair) => {
        const plan = planDns(pair);
        const spf = allSets(plan).flatMap(({ type, values }) =>
          type === 'TXT' ? values.filter((text) => /^v=spf1 (?!a )/.test(text)) : [],
        );
        for (const { address } of plan.ptr)
          for (const text of spf)
            expect(text.split(' ')).to.include(`${isIPv4(address) ? 'ip4' : 'ip6'}:${address}`);
      }),
    );
  });

  it('narrowed to each domain in turn, and to none, loses nothing in the domains and doubles nothing', () => {
    fc.assert(
      fc.property(arbitraryPair, arbitraryKeys, (pair, keys) => {
        const plan = planDns(pair, keys);
        const hosted = [...new Set(pair.domains.map(({ name }) => normaliseDomain(name)))];
        const parts = hosted.flatMap((domain) => allSets(narrowToDomains(plan, hosted, [domain])));
        const within = plan.zones
          .flatMap(({ records }) => records)
          .filter(({ name }) => hosted.some((domain) => name === domain || name.endsWith(`.${domain}`)));
        const sorted = (sets: readonly object[]): string[] => sets.map((set) => JSON.stringify(set)).sort();
        expect(sorted(parts)).to.deep.equal(sorted(within));
      }),
    );
  });
});
