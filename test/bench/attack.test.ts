import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { loadLibarchive } from '@mailpair/shared/filter/content/archives/libarchive';
import { Openings } from '@mailpair/shared/filter/content/open-attachments';
import { readContent } from '@mailpair/shared/filter/content/read-content';
import { costlyArchive, crowdedArchive, messageWith } from '../../bench/attack/archives.ts';
import { attacks } from '../../bench/attack/attacks.ts';
import { readAttackArguments } from '../../bench/attack/main.ts';
import { composeTable, rowOf, wayOf, type AttackResult, type Phase } from '../../bench/attack/report.ts';
import type { MessageRecord } from '@mailpair/shared/filter/pipeline/record';

const phase = (ms: readonly number[], way = 'accept', reply = '250 2.0.0 Queued'): Phase => ({
  sent: ms.map((each) => ({ ms: each, reply })),
  judged: new Set([way]),
});
const result = (without: Phase, during: Phase): AttackResult => ({
  name: 'line',
  what: 'long lines',
  without: [without],
  during: [during],
  attempts: 7,
});
const faultsOf = (without: Phase, during: Phase): readonly string[] => rowOf(result(without, during)).faults;

describe('a bench with attacks', () => {
  it('takes twice the time, or 100 ms, for as it should be', () => {
    expect(faultsOf(phase([10]), phase([100]))).to.deep.equal([]);
    expect(faultsOf(phase([10]), phase([101]))).to.deep.equal(['takes 101 ms, more than 100 ms']);
    expect(faultsOf(phase([80]), phase([160]))).to.deep.equal([]);
    expect(faultsOf(phase([80]), phase([161]))).to.deep.equal(['takes 161 ms, more than 160 ms']);
  });

  it('goes by the 95th percentile', () => {
    const most = Array.from({ length: 19 }, () => 10);
    expect(faultsOf(phase([10]), phase([...most, 5_000]))).to.deep.equal([]);
    expect(faultsOf(phase([10]), phase([...most.slice(1), 5_000, 5_000]))).to.have.length(1);
  });

  it('finds a message that is refused, deferred or never answered', () => {
    expect(faultsOf(phase([10]), phase([10], 'accept', '451 4.3.0 Later'))).to.deep.equal([
      'not taken: 451 4.3.0 Later',
    ]);
    expect(faultsOf(phase([10]), phase([10], 'accept', ''))).to.deep.equal(['not taken: no reply in time']);
  });

  it('finds a message that is judged differently', () => {
    expect(faultsOf(phase([10], 'accept'), phase([10], 'accept, no content'))).to.deep.equal([
      'judged differently: accept, no content, not accept',
    ]);
  });

  it('names by verdict, findings and what was not learnt how a message was judged', () => {
    const record = {
      facts: { learnt: { spf: { kind: 'known' }, content: { kind: 'fault' } } },
      findings: [{ rule: 'b' }, { rule: 'a' }],
      judgements: [{ verdict: { kind: 'tag' } }],
    } as unknown as MessageRecord;
    expect(wayOf(record)).to.equal('tag, a, b, no content');
  });

  it('writes a row for each attack', () => {
    const table = composeTable([rowOf(result(phase([10]), phase([101])))]);
    expect(table).to.include('| long lines | 10 | 101 | 10.1 | 7 | takes 101 ms, more than 100 ms |');
  });

  it('takes all attacks, or those that are named', () => {
    expect(readAttackArguments([])!.chosen.map(({ name }) => name)).to.deep.equal(
      attacks.map(({ name }) => name),
    );
    expect(readAttackArguments(['--only', 'line,guess'])!.chosen.map(({ name }) => name)).to.deep.equal([
      'guess',
      'line',
    ]);
    expect(() => readAttackArguments(['--only', 'nothing'])).to.throw('hoard, line, http, not “nothing”');
    expect(() => readAttackArguments(['--rounds', '0'])).to.throw('--rounds takes a number above 0');
  });
});

describe('the archives of the attack', () => {
  it('make 90 MB of 7 KB, which the reader of content unpacks', async () => {
    const archive = costlyArchive();
    expect(archive.length).to.be.below(8 * 1024);
    const library = await loadLibarchive();
    const openings = new Openings({ depth: 3, bytes: 100 * 1024 * 1024, cpuMs: Infinity }, library);
    const { facts } = readContent(Buffer.from(messageWith('a.tar.bz2', archive)), openings.open);
    expect(facts.attachments.map(({ name, sizeBytes }) => [name, sizeBytes])).to.deep.include([
      'a.tar.bz2/report.doc',
      90_000_000,
    ]);
  });

  it('have as many members as were asked for', () => {
    expect(gunzipSync(crowdedArchive(300)).length).to.equal((300 + 2) * 512);
  });
});
