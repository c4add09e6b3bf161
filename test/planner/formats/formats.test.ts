/** The forms that are not master files: each has every record of the plan in the shape that its consumer documents. */
import { formats, type FormatName } from '@mailpair/planner/formats/formats';
import { planDns, type RecordSet } from '@mailpair/planner/plan';
import { composeRdata } from '@mailpair/shared/dns-records/rdata';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { arbitraryKeys, arbitraryPair } from '../arbitrary-pairs.ts';
import { fullPlan } from '../full-plan.ts';

const plan = fullPlan();
const sets = plan.zones.flatMap(({ records }) => records);
const idOf = ({ name, type }: { name: string; type: string }): string => `${name} ${type}`;

const bodies = (format: FormatName): Record<string, unknown> =>
  JSON.parse(formats[format].compose(plan, {})) as Record<string, unknown>;

describe('the plan used here', () => {
  it('has every type, and two zones', () => {
    expect(new Set(sets.map(({ type }) => type))).to.have.length(7);
    expect(plan.zones.map(({ zone }) => zone)).to.deep.equal(['example.com', 'xn--bcher-kva.example']);
  });
});

describe('every form of the DNS plan by zone', () => {
  for (const format of ['route53', 'cloudflare', 'powerdns'] as const) {
    it(`${format} has a body for each zone, and alone the same body`, () => {
      const whole = bodies(format);
      expect(Object.keys(whole)).to.deep.equal(plan.zones.map(({ zone }) => zone));
      for (const zone of plan.zones)
        expect(JSON.parse(formats[format].composeZone(zone, {}))).to.deep.equal(whole[zone.zone]);
    });
  }

  for (const format of ['route53', 'cloudflare', 'powerdns', 'octodns', 'terraform'] as const) {
    it(`${format} says what it leaves out: hosts of other zones and PTR requests`, () => {
      const caveats = formats[format].caveats(plan, {}).join('\n');
      expect(caveats).to.include('mx-out.provider.net A');
      expect(caveats).to.include('PTR of 192.0.2.20 to mx-out.provider.net');
    });
  }

  it('says that all texts of a domain are replaced, where the plan has only SPF there', () => {
    for (const format of ['route53', 'powerdns', 'nsupdate'] as const) {
      const caveats = formats[format].caveats(plan, {}).join('\n');
      expect(caveats).to.match(/All TXT records of lists\.example\.com, xn--bcher-kva\.example are replaced/);
    }
  });
});

describe('the DNS plan for nsupdate', () => {
  it('deletes each set, then adds all of it, in one update a zone', () => {
    fc.assert(
      fc.property(arbitraryPair, arbitraryKeys, (pair, keys) => {
        const { zones, ptr } = planDns(pair, keys);
        const text = formats.nsupdate.compose({ ...planDns(pair, keys), ptr: [] }, {});
        const updates = text.split('\nsend').slice(0, -1);
        expect(updates).to.have.length(zones.length);
        expect(ptr).to.be.an('array');
        for (const [index, { zone, records }] of zones.entries()) {
          const lines = (updates[index] ?? '')
            .split('\n')
            .filter((line) => line !== '' && !line.startsWith(';'));
          expect(lines.shift()).to.equal(`zone ${zone}.`);
          const added = new Map<string, string[]>();
          for (const line of lines) {
            const [, verb, name, type] = /^update (delete) (\S+)\. ([A-Z]+)$/.exec(line) ?? [];
            if (verb) expect(added.delete(`${name} ${type}`)).to.equal(false);
            const [, to = '', ttl, kind, data = ''] =
              /^update add (\S+)\. (\d+) ([A-Z]+) (.+)$/.exec(line) ?? [];
            if (kind) added.set(`${to} ${kind}`, [...(added.get(`${to} ${kind}`) ?? []), `${ttl} ${data}`]);
            expect(verb ?? kind, line).not.to.equal(undefined);
          }
          expect([...added]).to.deep.equal(
            records.map((set) => [idOf(set), composeRdata(set).map((data) => `${set.ttl} ${data}`)]),
          );
          for (const { name, type } of records) expect(lines).to.include(`update delete ${name}. ${type}`);
        }
      }),
    );
  });

  it('takes what is in the way of an alias, or an alias that is in the way', () => {
    const lines = formats.nsupdate.compose(plan, {}).split('\n');
    expect(lines).to.include.members([
      'update delete mta-sts.example.com. A',
      'update delete mta-sts.example.com. AAAA',
      'update delete mx-in.example.com. CNAME',
    ]);
    expect(lines).not.to.include('update delete example.com. CNAME');
  });

  it('names the server and the key that it is told of', () => {
    const lines = formats.nsupdate
      .compose(plan, { server: { host: '2001:db8::53', port: 5353 }, keyFile: '/etc/k' })
      .split('\n');
    expect(lines.slice(0, 2)).to.deep.equal(['; nsupdate -k /etc/k FILE', 'server 2001:db8::53 5353']);
  });

  it('has PTR requests as comments only', () => {
    const lines = formats.nsupdate.compose(plan, {}).split('\n');
    expect(lines.filter((line) => line.includes('arpa')).every((line) => line.startsWith(';'))).to.equal(
      true,
    );
    expect(lines).to.include('; update add 20.2.0.192.in-addr.arpa. 3600 PTR mx-out.provider.net.');
  });
});

describe('the DNS plan for Route 53', () => {
  interface Change {
    readonly Action: string;
    readonly ResourceRecordSet: {
      readonly Name: string;
      readonly Type: string;
      readonly TTL: number;
      readonly ResourceRecords: readonly { readonly Value: string }[];
    };
  }

  it('upserts every set with its values in master-file form', () => {
    const batches = Object.values(bodies('route53')) as { readonly Changes: readonly Change[] }[];
    const changes = batches.flatMap(({ Changes }) => Changes);
    expect(
      changes.map(({ Action, ResourceRecordSet: set }) => [
        Action,
        set.Name,
        set.Type,
        set.TTL,
        set.ResourceRecords,
      ]),
    ).to.deep.equal(
      sets.map((set) => [
        'UPSERT',
        `${set.name}.`,
        set.type,
        set.ttl,
        composeRdata(set).map((Value) => ({ Value })),
      ]),
    );
  });

  it('says when a zone is more than one request takes', () => {
    const zone = {
      zone: 'example.com',
      records: Array.from({ length: 501 }, (_, n): RecordSet => ({
        name: `s${n}.example.com`,
        ttl: 60,
        type: 'TXT',
        values: ['x'],
      })),
    };
    expect(formats.route53.caveats({ ...plan, zones: [zone] }, {}).join()).to.match(
      /more than Route 53 takes/,
    );
    expect(formats.route53.caveats(plan, {}).join()).not.to.match(/more than Route 53 takes/);
  });
});

describe('the DNS plan for Cloudflare', () => {
  /** The members of a record of each type, as Cloudflare's API documents them. */
  const shapes: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
    A: { content: /^\d+(\.\d+){3}$/, proxied: /^false$/ },
    AAAA: { content: /^[0-9a-f:]+$/, proxied: /^false$/ },
    CNAME: { content: /^[a-z0-9.-]+[a-z]$/, proxied: /^false$/ },
    MX: { content: /^[a-z0-9.-]+[a-z]$/, priority: /^\d+$/ },
    TXT: { content: /^"[^]{0,510}"( "[^]{0,510}")*$/ },
    TLSA: { data: /^\{"usage":3,"selector":1,"matching_type":1,"certificate":"[0-9a-f]{64}"\}$/ },
    CAA: { data: /^\{"flags":0,"tag":"issue","value":"letsencrypt\.org"\}$/ },
  };

  it('posts every record in the documented shape, nothing proxied', () => {
    const batches = Object.values(bodies('cloudflare')) as {
      readonly posts: readonly Record<string, unknown>[];
    }[];
    const posts = batches.flatMap(({ posts }) => posts);
    expect(batches.every((batch) => Object.keys(batch).join() === 'posts')).to.equal(true);
    expect(posts.map(({ name, type }) => `${String(name)} ${String(type)}`)).to.deep.equal(
      sets.flatMap((set) => set.values.map(() => idOf(set))),
    );
    for (const { type, name, ttl, ...rest } of posts) {
      const shape = shapes[String(type)] ?? {};
      expect(name).to.match(/^[a-z0-9_.-]{1,255}$/);
      expect(ttl).to.be.within(60, 86_400);
      expect(rest).to.have.all.keys(...Object.keys(shape));
      for (const [member, form] of Object.entries(shape)) {
        const value = rest[member];
        expect(typeof value === 'string' ? value : JSON.stringify(value)).to.match(form);
      }
    }
  });

  it('has no time below 60 seconds, and says so', () => {
    const zone = {
      zone: 'example.com',
      records: [{ name: 'a.example.com', ttl: 5, type: 'A', values: ['192.0.2.1'] } as const],
    };
    const short = { ...plan, zones: [zone] };
    expect(formats.cloudflare.composeZone(zone, {})).to.include('"ttl": 60');
    for (const format of [formats.cloudflare, formats.terraform])
      expect(format.caveats(short, { provider: 'cloudflare' }).join()).to.include('a.example.com get 60s');
  });
});

describe('the DNS plan for PowerDNS', () => {
  it('replaces every set', () => {
    const patches = Object.values(bodies('powerdns')) as { readonly rrsets: readonly object[] }[];
    expect(patches.flatMap(({ rrsets }) => rrsets)).to.deep.equal(
      sets.map((set) => ({
        name: `${set.name}.`,
        type: set.type,
        ttl: set.ttl,
        changetype: 'REPLACE',
        records: composeRdata(set).map((content) => ({ content, disabled: false })),
      })),
    );
  });
});
