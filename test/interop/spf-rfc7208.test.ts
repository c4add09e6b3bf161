import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { spfLearner } from '@mailpair/shared/filter/spf/learn';
import { createResolver } from '@mailpair/shared/platform/dns/resolver';
import type { SpfFacts } from '@mailpair/shared/filter/spf/facts';
import { startDns } from '../support/dns-server.ts';
import { learn } from '../support/inquiries.ts';
import { skipBecause } from '../support/skip.ts';
import { readSuite, SUITE, type SpfCase, type SpfSection } from './spf-suite.ts';

/** Cases that are known to fail, and why. */
const known: Readonly<Record<string, string>> = {
  'v-macro-ip6': 'clients are known by the form of RFC 5952, whose digits are in lower case',
};

describe('the SPF suite of RFC 7208', () => {
  it('passes but for what is known, and says what fails', async function () {
    if (!existsSync(SUITE))
      return skipBecause(this, 'python3-spf is not installed: apt-get install python3-spf');
    const failures = new Map<string, string>();
    let count = 0;
    for (const section of readSuite())
      for (const [each, found] of await resultsOf(section)) {
        count += 1;
        const fault = faultOf(each, found);
        if (fault !== undefined)
          failures.set(each.name, `${each.name} (${each.section}, ${each.spec}): ${fault}`);
      }
    console.log(`      ${count - failures.size} of ${count} cases pass`);
    for (const [name, fault] of failures) console.log(`      ${fault}: ${known[name] ?? 'NOT KNOWN'}`);
    expect(count).to.be.greaterThan(200);
    expect([...failures.keys()]).to.have.members(Object.keys(known));
  });
});

function faultOf({ results, explanation }: SpfCase, found: SpfFacts): string | undefined {
  if (!results.includes(found.result)) return `${found.result} in place of ${results.join(' or ')}`;
  // DEFAULT is the text of a receiver that has one of its own; we have none.
  if (explanation === undefined || explanation === 'DEFAULT' || found.explanation === explanation)
    return undefined;
  return `says ${JSON.stringify(found.explanation)} in place of ${JSON.stringify(explanation)}`;
}

async function resultsOf({ zone, cases }: SpfSection): Promise<[SpfCase, SpfFacts][]> {
  const dns = await startDns(zone);
  const resolver = createResolver({ servers: [dns.address], timeoutMs: 300 });
  const learner = spfLearner({
    resolver,
    host: 'receiver.example',
    isStranger: () => true,
    patienceMs: () => 5_000,
  });
  try {
    const results: [SpfCase, SpfFacts][] = [];
    for (const each of cases) {
      const { spf } = await learn([learner], { address: each.host, helo: each.helo, from: each.mailfrom });
      if (spf?.kind !== 'known')
        throw new Error(`${each.name}: ${spf?.kind === 'fault' ? spf.reason : 'not asked'}`);
      results.push([each, spf.value]);
    }
    return results;
  } finally {
    resolver.close();
    await dns.close();
  }
}
