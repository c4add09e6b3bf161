/** Whole rehearsals, short ones: real gateways, real faults. One goes well, one must not, one is interrupted. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mailpair } from '../../mailpair/command.ts';
import { findPrograms } from '@mailpair/proving/loopback/programs';
import { rehearse, type RehearsalOptions } from '@mailpair/proving/rehearse/rehearse';
import { composeReport, formatFaults, formatReport, type Report } from '@mailpair/proving/rehearse/report';
import { planScenario, usualShares, type FaultName } from '@mailpair/proving/rehearse/scenario';
import { readConfig } from '@mailpair/shared/config/read/read-config';
import { expect } from 'chai';
import { after, afterEach, before, describe, it } from 'mocha';

const configuration = `
domains: [example.com]
inbound: { host: mx-in.example.com, addresses: [192.0.2.10] }
outbound: { host: mx-out.example.com, addresses: [192.0.2.20], trusted: [10.0.0.0/24] }
localServers: ["mail.internal:25"]
`;

describe('a rehearsal', function () {
  this.timeout(60_000);
  let directory: string;
  let file: string;
  const { TMPDIR } = process.env;

  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-planned-'));
    file = join(directory, 'mailpair.yaml');
    writeFileSync(file, configuration);
    process.env.TMPDIR = directory;
  });
  after(() => {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
    rmSync(directory, { recursive: true });
  });
  afterEach('leaves nothing behind', () => expect(readdirSync(directory)).to.deep.equal(['mailpair.yaml']));

  const optionsOf = (phases: readonly FaultName[], changes: Partial<RehearsalOptions>): RehearsalOptions => {
    const { settings, effective } = readConfig({ file, env: {}, sets: [] });
    return {
      settings: settings!,
      given: effective,
      programs: findPrograms(),
      scenario: planScenario({ phases, shares: usualShares, hours: 0.3, ratePerHour: 600, minutes: 0.06 }),
      keep: false,
      signal: new AbortController().signal,
      tell: () => undefined,
      ...changes,
    };
  };

  it('with inbound killed and the local server stopped loses nothing, and says which host took what', async () => {
    const words = '--phases inbound,local-server --hours 0.5 --rate 800/h --minutes 0.2 --json';
    const { code, out, err } = await mailpair(['rehearse', '--config', file, ...words.split(' ')]);
    const report = JSON.parse(out) as Report;
    expect(code, `${err}\n${formatFaults(report)}`).to.equal(0);
    expect(report.passed).to.equal(true);
    expect(report.titles).to.deep.equal({
      inbound: 'inbound killed',
      'local-server': 'local server stopped',
    });
    const [all] = report.rows.filter(({ slot, direction }) => slot === 'all' && direction === 'in');
    expect(all).to.include({ lost: 0, duplicated: 0, altered: 0, waiting: 0, bounced: 0 });
    expect(all!.refused, 'unknown recipients').to.be.above(0);
    const rowOf = (slot: string) => report.rows.find((row) => row.slot === slot && row.direction === 'in')!;
    expect(rowOf('steady').byInbound).to.be.above(rowOf('steady').byOutbound);
    expect(rowOf('inbound').byOutbound).to.be.above(rowOf('steady').byOutbound);
    expect(rowOf('local-server').p99Ms).to.be.above(rowOf('steady').p50Ms!);
    expect(report.messages).to.equal(400);
    expect(err).to.include('inbound killed').and.include('150 times as fast');
  });

  it('sees the one message that a local server takes and drops', async () => {
    const scenario = optionsOf([], {}).scenario;
    let dropped: string | undefined;
    // Of those with one recipient: every tenth has two, the first among them.
    const forgets = (id: string): boolean => !id.endsWith('1') && (dropped ??= id) === id;
    const result = await rehearse(optionsOf([], { forgets }));
    const report = composeReport(result, scenario);
    expect(report.passed).to.equal(false);
    const lost = report.rows.filter(({ slot }) => slot === 'all').map(({ lost }) => lost);
    expect(lost.reduce((sum, count) => sum + count)).to.equal(1);
    expect(report.faults).to.have.length(1);
    expect(report.faults[0]).to.match(new RegExp(`^lost: message ${dropped} of .*, accepted by \\w+bound$`));
    expect(formatReport(report)).to.include('FAILED: lost 1, duplicated 0');
  });

  it('that is interrupted ends in order', async () => {
    const interruption = new AbortController();
    const tell = (line: string): void => {
      if (line.includes('inbound killed')) interruption.abort();
    };
    const options = optionsOf(['inbound'], { signal: interruption.signal, tell });
    const fault = await rehearse(options).catch((error: unknown) => error);
    expect(fault).to.be.an('error').with.property('message', 'interrupted');
  });
});
