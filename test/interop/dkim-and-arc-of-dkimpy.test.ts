import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { bodyOf } from '@mailpair/shared/smtp/server/message-data';
import { authenticationLearner } from '@mailpair/shared/filter/dkim-dmarc-arc/learn-authentication';
import { createResolver } from '@mailpair/shared/platform/dns/resolver';
import type { AuthenticationFacts } from '@mailpair/shared/filter/dkim-dmarc-arc/facts';
import { startDns } from '../support/dns-server.ts';
import { learn } from '../support/inquiries.ts';
import { skipBecause } from '../support/skip.ts';
import { dkimpyCases, type DkimpyCase } from './dkimpy-cases.ts';

/** Tests whose verifications differ, and why. */
const known: Readonly<Record<string, string>> = {
  'test_dkim.TestSignAndVerify.test_dkim_signature_canonicalization':
    'its key has 512 bits, and under 1,024 none counts (RFC 8301 §3.2)',
  'test_dkim.TestSignAndVerify.test_l_verify':
    'its signature leaves a part of the body out, and proves nothing (RFC 6376 §8.2)',
};

describe('what dkimpy verifies', () => {
  let cases: readonly DkimpyCase[];

  before(function () {
    cases =
      dkimpyCases() ??
      skipBecause(this, 'python3-dkim is not installed: apt-get install python3-dkim python3-nacl');
  });

  for (const kind of ['dkim', 'arc'] as const)
    it(`${kind}: is verified here too, but for what is known`, async () => {
      const asked = cases.filter((each) => each.kind === kind);
      const differing: DkimpyCase[] = [];
      for (const each of asked) {
        const found = await authenticationOf(each);
        const passes = kind === 'arc' ? found.arc.result === 'pass' : found.dkim[0]?.result === 'pass';
        if (passes === each.passes) continue;
        differing.push(each);
        const said = kind === 'arc' ? found.arc.reason : JSON.stringify(found.dkim[0]);
        console.log(
          `      ${each.name}: ${each.passes} there, here ${said}: ${known[testOf(each)] ?? 'NOT KNOWN'}`,
        );
      }
      console.log(`      ${asked.length - differing.length} of ${asked.length} as dkimpy says`);
      expect(asked).to.have.length.greaterThan(kind === 'arc' ? 1 : 50);
      expect(differing.filter((each) => !(testOf(each) in known)).map(({ name }) => name)).to.deep.equal([]);
    });
});

const testOf = ({ name }: DkimpyCase): string => name.replace(/ #\d+$/, '');

async function authenticationOf({ message, records }: DkimpyCase): Promise<AuthenticationFacts> {
  const zone = Object.fromEntries(
    Object.entries(records).map(([name, text]) => [name, { TXT: [text.trim()] }]),
  );
  const dns = await startDns(zone);
  const resolver = createResolver({ servers: [dns.address], timeoutMs: 1_000 });
  const learner = authenticationLearner({ resolver, isStranger: () => true, patienceMs: () => 5_000 });
  try {
    const { authentication } = await learn([learner], { body: bodyOf(message) });
    if (authentication?.kind !== 'known') throw new Error(JSON.stringify(authentication));
    return authentication.value;
  } finally {
    resolver.close();
    await dns.close();
  }
}
