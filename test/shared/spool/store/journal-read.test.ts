/** Whatever happens to a file of the journal, what is intact in it is found, and nothing that a message made up. */
import { readJournal, readableIn } from '@mailpair/shared/spool/store/journal-read';
import {
  END_MARK_BYTES,
  FILE_HEAD_BYTES,
  recordBytes,
  sealOf,
  writeEndMark,
  writeFileHead,
  writeRecord,
  type Changes,
} from '@mailpair/shared/spool/store/journal-record';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';

const key = Buffer.from('a key nobody has');
const attackersKey = Buffer.from('a key of his own');
const GENERATION = 8;

interface Written {
  readonly file: Buffer;
  /** Where each change is, by key. */
  readonly places: ReadonlyMap<string, { readonly from: number; readonly to: number }>;
  readonly end: number;
}

/** Records one behind the other, each with the values given; behind them `rest`. */
function fileOf(
  records: readonly (readonly Buffer[])[],
  rest: Buffer = Buffer.alloc(200),
  ownKey = key,
): Written {
  const places = new Map<string, { from: number; to: number }>();
  const head = Buffer.alloc(FILE_HEAD_BYTES);
  writeFileHead(head, ownKey);
  const parts = [head];
  let at = FILE_HEAD_BYTES;
  records.forEach((values, place) => {
    const changes: Changes = [
      new Map(values.map((value, index) => [`r${place}c${index}`, { value }] as const)),
    ];
    const octets = Buffer.alloc(recordBytes(changes) + END_MARK_BYTES);
    const position = { generation: GENERATION, key: ownKey, place };
    const end = writeRecord(octets, changes, position, sealOf(position));
    let from =
      at +
      end -
      values.reduce((sum, value, index) => sum + 16 + `r${place}c${index}`.length + value.length, 0);
    values.forEach((value, index) => {
      const name = `r${place}c${index}`;
      const to = from + 16 + name.length + value.length;
      places.set(name, { from, to });
      from = to;
    });
    parts.push(octets.subarray(0, end));
    at += end;
  });
  const mark = Buffer.alloc(END_MARK_BYTES);
  writeEndMark(mark, 0, { generation: GENERATION, key: ownKey, place: records.length });
  return { file: Buffer.concat([...parts, mark, rest]), places, end: at };
}

const keysIn = (file: Buffer): string[] =>
  readJournal(file, key).batches.flatMap(({ changes }) => changes.map((change) => change.key));

/** A message that contains a whole journal, with records of any generation. */
const hostile = fileOf([[Buffer.from('stolen')], [Buffer.from('more')]], Buffer.alloc(0), attackersKey).file;
const value = fc.oneof(
  { weight: 4, arbitrary: fc.uint8Array({ maxLength: 120 }).map((octets) => Buffer.from(octets)) },
  { weight: 1, arbitrary: fc.constant(hostile) },
  { weight: 1, arbitrary: fc.constant(hostile.subarray(FILE_HEAD_BYTES)) },
);
const journals = fc.array(fc.array(value, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 });
/** What lies behind is of an earlier generation, and ends anywhere. */
const remains = fc.oneof(
  fc.constant(Buffer.alloc(300)),
  fc.nat(100).map((cut) => hostile.subarray(cut)),
);

describe('A file of the journal', () => {
  it('gives back all changes in order when it is whole', () => {
    fc.assert(
      fc.property(journals, remains, (records, rest) => {
        const { file, places } = fileOf(records, rest);
        const content = readJournal(file, key);
        expect(content.generation).to.equal(GENERATION);
        expect(content.holes).to.deep.equal([]);
        expect(keysIn(file)).to.deep.equal([...places.keys()]);
      }),
    );
  });

  it('gives back every change but the one in which a bit was flipped, and says where damage is', () => {
    fc.assert(
      fc.property(journals, remains, fc.nat(), fc.nat(7), (records, rest, chance, bit) => {
        const { file, places, end } = fileOf(records, rest);
        const at = FILE_HEAD_BYTES + (chance % (end - FILE_HEAD_BYTES));
        file[at]! ^= 1 << bit;
        const intact = [...places].filter(([, { from, to }]) => at < from || at >= to).map(([name]) => name);
        expect(keysIn(file)).to.deep.equal(intact);
        const { holes } = readJournal(file, key);
        expect(
          holes.some(({ from, to }) => from <= at && at < to),
          `octet ${at}`,
        ).to.equal(true);
      }),
      { numRuns: 400 },
    );
  });

  it('gives back every change outside of a part that is zeroed, garbled or missing', () => {
    const damage = fc.constantFrom('zeros', 'noise', 'hostile', 'cut');
    fc.assert(
      fc.property(journals, fc.nat(), fc.nat(400), damage, (records, chance, length, kind) => {
        const { file, places, end } = fileOf(records);
        const from = FILE_HEAD_BYTES + (chance % (end - FILE_HEAD_BYTES));
        const whole = Buffer.from(file);
        const to = kind === 'cut' ? file.length : Math.min(end, from + 1 + length);
        if (kind === 'hostile') hostile.copy(file, from, 0, to - from);
        else file.fill(kind === 'zeros' ? 0 : 'garbage', from, to);
        const left = kind === 'cut' ? file.subarray(0, from) : file;
        const outside = [...places].filter((place) => place[1].to <= from || place[1].from >= to);
        expect(keysIn(left)).to.include.members(outside.map(([name]) => name));
        expect(keysIn(left).every((name) => places.has(name))).to.equal(true);
        if (!left.equals(whole)) expect(readJournal(left, key).holes).to.not.deep.equal([]);
      }),
      { numRuns: 400 },
    );
  });

  it('takes what a message says for no record, wherever a bit is flipped', () => {
    const { file, end } = fileOf([[Buffer.from('a'), hostile], [hostile]], hostile);
    for (let at = FILE_HEAD_BYTES; at < end; at += 1) {
      file[at]! ^= 4;
      const found = readJournal(file, key).batches.flatMap(({ changes }) => changes);
      for (const change of found) expect(change.value?.toString()).to.be.oneOf(['a', hostile.toString()]);
      file[at]! ^= 4;
    }
  });

  it('knows a hole with a record behind it from one at the end', () => {
    const { file, places } = fileOf([[Buffer.alloc(50)], [Buffer.alloc(50)]]);
    const spoilt = (name: string): boolean[] => {
      const copy = Buffer.from(file);
      copy[places.get(name)!.from + 20]! ^= 1;
      return readJournal(copy, key).holes.map(({ isLast }) => isLast);
    };
    expect(spoilt('r0c0')).to.deep.equal([false]);
    expect(spoilt('r1c0')).to.deep.equal([true]);
  });

  it('does not look whole when it ends behind a record', () => {
    const { file, end } = fileOf([[Buffer.alloc(50)]]);
    for (const cut of [file.subarray(0, end), Buffer.concat([file.subarray(0, end), Buffer.alloc(500)])])
      expect(readJournal(cut, key).holes).to.have.length(1);
  });

  it('says whose messages may have been in a hole', () => {
    const entry =
      '{"id":"01A","reversePath":"a@x.test","recipients":[{"address":"b@y.test"}]}\r\nSubject: Hi\r\n';
    expect(readableIn(Buffer.from(`\0\x01${entry}\0`))).to.deep.equal([
      '"id":"01A"',
      '"reversePath":"a@x.test"',
      '"address":"b@y.test"',
      'Subject: Hi',
    ]);
  });
});
