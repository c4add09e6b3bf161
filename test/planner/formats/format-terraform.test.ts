import { formats } from '@mailpair/planner/formats/formats';
import { planDns } from '@mailpair/planner/plan';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { arbitraryKeys, arbitraryPair } from '../arbitrary-pairs.ts';
import { fullPlan } from '../full-plan.ts';
import { allSets } from '../planned.ts';

const plan = fullPlan();
const sets = plan.zones.flatMap(({ records }) => records);

const bodies = (provider: 'aws' | 'cloudflare'): Record<string, unknown> =>
  JSON.parse(formats.terraform.compose(plan, { provider })) as Record<string, unknown>;

describe('the DNS plan for Terraform', () => {
  const resourcesOf = (
    provider: 'aws' | 'cloudflare',
    type: string,
  ): Record<string, Record<string, unknown>> =>
    (bodies(provider) as { resource: Record<string, Record<string, Record<string, unknown>>> }).resource[
      type
    ] ?? {};

  it('has identifiers, and zones by a variable', () => {
    const { variable } = bodies('aws') as { variable: object };
    expect(variable).to.have.nested.property('mailpair_zone_ids.type', 'map(string)');
    for (const [name, { zone_id }] of Object.entries(resourcesOf('aws', 'aws_route53_record'))) {
      expect(name).to.match(/^[A-Za-z_][A-Za-z0-9_-]*$/);
      expect(zone_id).to.match(/^\$\{var\.mailpair_zone_ids\["(example\.com|xn--bcher-kva\.example)"\]\}$/);
    }
  });

  it('has for aws a resource a set, long texts parted by quotes, and expressions escaped', () => {
    const resources = Object.values(resourcesOf('aws', 'aws_route53_record'));
    expect(resources.map(({ name, type }) => `${String(name)} ${String(type)}`)).to.deep.equal(
      sets.map(({ name, type }) => `${name} ${type}`),
    );
    for (const resource of resources)
      expect(resource).to.have.all.keys('zone_id', 'name', 'type', 'ttl', 'records');
    const long = resources.find(({ name }) => name === 's2026._domainkey.example.com')?.[
      'records'
    ] as string[];
    expect(long[0]?.split('""').map(({ length }) => length)).to.deep.equal([255, 163]);
    const texts = resources.find(({ name, type }) => name === 'example.com' && type === 'TXT')?.['records'];
    expect(texts).to.include('with ; and $${a} and %%{b}');
  });

  it('has for cloudflare a resource a record, in the shape of its API', () => {
    const resources = Object.values(resourcesOf('cloudflare', 'cloudflare_dns_record'));
    expect(resources).to.have.length(sets.flatMap(({ values }) => [...values]).length);
    expect(resources.find(({ type }) => type === 'MX')).to.have.all.keys(
      'zone_id',
      'type',
      'name',
      'ttl',
      'content',
      'priority',
    );
    expect(resources.find(({ type }) => type === 'TLSA')).to.have.all.keys(
      'zone_id',
      'type',
      'name',
      'ttl',
      'data',
    );
  });

  it('gives every set of any plan a resource of its own', () => {
    fc.assert(
      fc.property(arbitraryPair, arbitraryKeys, (pair, keys) => {
        const any = planDns(pair, keys);
        const { resource } = JSON.parse(formats.terraform.compose(any, {})) as {
          resource: { aws_route53_record: object };
        };
        const planned = allSets({ ...any, elsewhere: [] });
        expect(Object.keys(resource.aws_route53_record)).to.have.length(planned.length);
      }),
    );
  });
});
