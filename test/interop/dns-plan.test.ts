/** What `dns plan` prints loads in BIND, says named-checkzone, and says there what it said here. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bind, composeBind } from '@mailpair/planner/formats/format-bind';
import { planDns, type DnsPlan } from '@mailpair/planner/plan';
import { composeRdata, composeTxt } from '@mailpair/shared/dns-records/rdata';
import { expect } from 'chai';
import fc from 'fast-check';
import { after, before, describe, it } from 'mocha';
import { arbitraryKeys, arbitraryReachablePair } from '../planner/arbitrary-pairs.ts';
import { fullPlan } from '../planner/full-plan.ts';
import { pairOf } from '../planner/pairs.ts';
import { needProgram, pathOf } from './programs.ts';

interface Loaded {
  readonly status: number | null;
  /** The zone in canonical form, or what is wrong with it. */
  readonly output: string;
}

describe('named-checkzone', () => {
  let directory = '';

  before(function () {
    needProgram(this, 'named-checkzone');
    directory = mkdtempSync(join(tmpdir(), 'mailpair-dns-plan-'));
  });

  after(() => {
    if (directory !== '') rmSync(directory, { recursive: true });
  });

  /** Checks records as the file of a zone that has SOA, NS and the name server's address besides. */
  function load(zone: string, records: string): Loaded {
    const file = join(directory, 'zone');
    writeFileSync(file, `${frame(zone)}\n${records}\n`);
    const strict = ['-i', 'local', '-k', 'fail', '-m', 'fail', '-M', 'fail', '-n', 'fail', '-r', 'fail'];
    const { status, stdout, stderr } = spawnSync(
      pathOf('named-checkzone') ?? '',
      [...strict, '-D', zone, file],
      {
        encoding: 'utf8',
      },
    );
    return { status, output: `${stdout}${stderr}`.replace(/[ \t]+/g, ' ') };
  }

  it('loads the zone of a hosted domain, with every record in it', () => {
    const { status, output } = load('example.com', composeBind(planDns(pairOf())));
    expect(status, output).to.equal(0);
    expect(output.split('\n')).to.include.members([
      'mx-in.example.com. 300 IN A 192.0.2.10',
      'mx-in.example.com. 300 IN AAAA 2001:db8::10',
      'mx-in.example.com. 3600 IN TXT "v=spf1 a -all"',
      'mx-out.example.com. 300 IN A 192.0.2.20',
      'example.com. 3600 IN MX 10 mx-in.example.com.',
      'example.com. 3600 IN MX 20 mx-out.example.com.',
      'example.com. 3600 IN TXT "v=spf1 ip4:192.0.2.20 ip6:2001:db8::20 ip4:192.0.2.10 ip6:2001:db8::10 ~all"',
    ]);
  });

  it('loads the zone of a hosted domain whose hosts are elsewhere', () => {
    const pair = pairOf({ domains: [{ name: 'example.com' }, { name: 'example.net' }] });
    const section = composeBind(planDns(pair)).split('; zone example.net\n')[1] ?? '';
    const { status, output } = load('example.net', section);
    expect(status, output).to.equal(0);
    expect(output).to.include('example.net. 3600 IN MX 20 mx-out.example.com.');
  });

  it('loads the PTR requests in the zones of the addresses', () => {
    const requests = composeBind(planDns(pairOf()))
      .split('\n')
      .filter((line) => line.includes('PTR\t'))
      .map((line) => line.replace(/^; /, ''));
    for (const [zone, expected] of [
      ['2.0.192.in-addr.arpa', '10.2.0.192.in-addr.arpa. 3600 IN PTR mx-in.example.com.'],
      [
        '8.b.d.0.1.0.0.2.ip6.arpa',
        `0.2.${'0.'.repeat(22)}8.b.d.0.1.0.0.2.ip6.arpa. 3600 IN PTR mx-out.example.com.`,
      ],
    ] as const) {
      const own = requests.filter((request) => request.includes(zone));
      expect(own).to.have.length(2);
      const { status, output } = load(zone, own.join('\n'));
      expect(status, output).to.equal(0);
      expect(output).to.include(expected);
    }
  });

  it('reads a text of any length and any characters as it was meant', () => {
    const text = `v=x; p=${'"\\;ü$@()'.repeat(80)}`;
    const { status, output } = load('example.com', `example.com. 3600 IN TXT ${composeTxt(text)}`);
    expect(status, output).to.equal(0);
    expect(output).to.include(`example.com. 3600 IN TXT ${composeTxt(text)}`);
  });

  it('refuses a zone that is wrong, so that loading means something', () => {
    const doubled = composeBind(planDns(pairOf())).replaceAll(
      'mx-out.example.com.\t300',
      'mx-none.example.com.\t300',
    );
    expect(
      load('example.com', doubled.replaceAll('mx-out.example.com.\t3600\tIN\tTXT', '; ')).status,
    ).not.to.equal(0);
  });

  it('loads every zone of any pair, and every record says there what it said here', () => {
    fc.assert(
      fc.property(arbitraryReachablePair, arbitraryKeys, (pair, keys) => {
        const { zones } = planDns(pair, keys);
        for (const zone of zones) {
          // Names in a zone further in are not looked for in this one.
          const inner = zones.filter((other) => other.zone.endsWith(`.${zone.zone}`));
          const delegations = inner.map((other) => `${other.zone}. 3600 IN NS ns1.${zone.zone}.\n`).join('');
          const { status, output } = load(zone.zone, delegations + bind.composeZone(zone, {}));
          expect(status, output).to.equal(0);
          expect(output.split('\n').map(plainLine)).to.include.members(linesOf(zone));
        }
      }),
      { numRuns: 25 },
    );
  });

  it('loads, says named-checkconf, in a configuration that has every zone', () => {
    const { zones } = fullPlan();
    for (const zone of zones)
      writeFileSync(
        join(directory, `${zone.zone}.zone`),
        `${frame(zone.zone)}\n${bind.composeZone(zone, {})}\n`,
      );
    const statements = zones.map(
      ({ zone }) => `zone "${zone}" { type primary; file "${directory}/${zone}.zone"; };`,
    );
    const file = join(directory, 'named.conf');
    writeFileSync(file, [`options { directory "${directory}"; };`, ...statements, ''].join('\n'));
    const { status, stdout, stderr } = spawnSync(pathOf('named-checkconf') ?? '', ['-z', file], {
      encoding: 'utf8',
    });
    expect(status, stdout + stderr).to.equal(0);
    for (const { zone } of zones) expect(stdout).to.include(`zone ${zone}/IN: loaded serial 1`);
  });
});

const frame = (zone: string): string =>
  [
    `${zone}. 3600 IN SOA ns1.${zone}. hostmaster.${zone}. 1 7200 900 1209600 300`,
    `${zone}. 3600 IN NS ns1.${zone}.`,
    `ns1.${zone}. 3600 IN A 192.0.2.53`,
  ].join('\n');

const linesOf = ({ records }: DnsPlan['zones'][number]): string[] =>
  records.flatMap((set) =>
    composeRdata(set).map((value) => plainLine(`${set.name}. ${set.ttl} IN ${set.type} ${value}`)),
  );

/** Digits of keys in one case and without the gaps that BIND puts between them. */
const plainLine = (line: string): string =>
  line.replace(
    /( TLSA \d \d \d) (.*)$/,
    (_, head: string, digits: string) => `${head} ${digits.replaceAll(' ', '').toLowerCase()}`,
  );
