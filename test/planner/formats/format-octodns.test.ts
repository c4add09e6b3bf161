import { formats } from '@mailpair/planner/formats/formats';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { fullPlan } from '../full-plan.ts';

const plan = fullPlan();

describe('the DNS plan for octoDNS', () => {
  const zoneOf = (...names: string[]): string =>
    formats.octodns.composeZone(
      {
        zone: 'example.com',
        records: names.map((name) => ({ name, ttl: 60, type: 'A' as const, values: ['192.0.2.1'] })),
      },
      {},
    );

  it('has names below the zone in natural order, the zone itself first', () => {
    const text = zoneOf(
      'in10.example.com',
      'in2.example.com',
      'example.com',
      '7.example.com',
      '_x.example.com',
      'in.example.com',
    );
    expect(text.match(/^'.*'(?=:$)/gm)).to.deep.equal(["''", "'7'", "'_x'", "'in'", "'in2'", "'in10'"]);
  });

  it('escapes semicolons, keeps long texts whole', () => {
    const text = formats.octodns.compose(plan, {});
    expect(text).to.include(String.raw`  - 'v=DMARC1\; p=quarantine\; rua=mailto:dmarc@example.com'`);
    expect(text).to.include(`'v=DKIM1\\; k=rsa\\; p=${'MIIBIjANBgkqhkiG9w0B'.repeat(20)}'`);
  });

  it('leaves out texts that it cannot keep, and says so', () => {
    const records = [{ name: 'example.com', ttl: 60, type: 'TXT' as const, values: ['say "hi"', 'ok'] }];
    const zones = [{ zone: 'example.com', records }];
    expect(formats.octodns.compose({ ...plan, zones }, {}))
      .to.include("  - 'ok'")
      .and.not.to.include('hi');
    expect(formats.octodns.caveats({ ...plan, zones }, {}).join()).to.include(
      'left out of the TXT records of example.com',
    );
  });
});
