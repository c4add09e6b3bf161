/** What is read of the spool after a crash, and what is kept in lines of text: damage is not believed and stops nothing. */
import { decodeExample } from '@mailpair/shared/filter/bayes/example';
import { readJournal } from '@mailpair/shared/spool/store/journal-read';
import {
  END_MARK_BYTES,
  FILE_HEAD_BYTES,
  KEY_BYTES,
  readFileHead,
  recordBytes,
  sealOf,
  writeFileHead,
  writeRecord,
  type Changes,
} from '@mailpair/shared/spool/store/journal-record';
import { readOldJournal } from '@mailpair/shared/spool/store/journal-record-v1';
import { decodeEntry, decodeHead, encodeRecord, headOf } from '@mailpair/shared/spool/store/record';
import { parseBan } from '@mailpair/shared/filter/rates-and-bans/ban';
import { parseRecipientFile } from '@mailpair/shared/directory/recipients/recipient-file';
import { parseHold } from '@mailpair/shared/directory/submitters/told-hold';
import { recordsIn } from '@mailpair/shared/filter/pipeline/record-line';
import type { Entry } from '@mailpair/shared/platform/values/entry';
import { must, type TargetFile } from '../target.ts';

const key = Buffer.from('0123456789abcdef'.slice(0, KEY_BYTES));
const commits: readonly Changes[] = [
  [new Map([['key-1', { value: Buffer.from('value') }]]), new Map([['lane\tx', { value: null }]])],
  [
    new Map([
      ['key-2', { value: Buffer.alloc(300, 'x') }],
      ['key-1', { value: null }],
    ]),
    new Map(),
  ],
  [new Map([['', { value: Buffer.alloc(0) }]])],
];

function journalOf(changes: readonly Changes[]): Buffer {
  const seal = sealOf({ generation: 3, key });
  const head = Buffer.alloc(FILE_HEAD_BYTES);
  writeFileHead(head, key);
  const records = changes.map((each, place) => {
    const target = Buffer.alloc(recordBytes(each) + END_MARK_BYTES);
    writeRecord(target, each, { generation: 3, key, place }, seal);
    return place < changes.length - 1 ? target.subarray(0, -END_MARK_BYTES) : target;
  });
  return Buffer.concat([head, ...records]);
}

export const journal: TargetFile = {
  name: 'journal',
  open: () => ({
    name: 'journal',
    seeds: [
      journalOf(commits),
      journalOf(commits.slice(0, 1)),
      Buffer.concat([journalOf(commits), Buffer.alloc(64)]),
    ],
    words: ['1JPM', '2JPM', '0123', '0123456789abcdef', '\0\0\0\0', '\xff\xff\xff\xff', '\x01\0', '\x02'],
    longestBytes: 16 * 1024,
    budgetMs: 200,
    run(input) {
      const { batches, holes } = readOldJournal(input) ?? readJournal(input, readFileHead(input) ?? key);
      const changes = batches.flatMap((batch) => batch.changes);
      const bytes = changes.reduce((sum, change) => sum + change.key.length + (change.value?.length ?? 0), 0);
      must(bytes <= input.length, 'more is recovered than the journal holds');
      for (const { table } of changes) must(table >= 0 && table < 256, 'a change of no table', table);
      for (const { from, to } of holes)
        must(from <= to && to <= input.length, 'a hole is outside of the file', { from, to });
    },
  }),
};

const entry = {
  id: 'abc123',
  receivedAt: 1_798_761_600_000,
  reversePath: 'a@b.test',
  recipients: [{ address: 'c@d.test', state: 'open' }],
  body: { sizeBytes: 10, sha256: 'ab'.repeat(32) },
} as unknown as Entry;

/** Each line is read by itself: more of them say nothing new, and take their time. */
const MOST_LINES = 100;

const message = {
  kind: 'message',
  id: 'abc',
  at: 1,
  tookMs: 2,
  host: 'mx',
  facts: { recipients: ['a@b.test'], client: { address: '192.0.2.1' } },
  endings: [
    { event: 'relayed', recipients: ['a@b.test'], reply: { code: 250, enhanced: '2.0.0', text: 'x' } },
  ],
};

export const storedRecords: TargetFile = {
  name: 'stored-records',
  open: () => ({
    name: 'stored-records',
    seeds: [
      encodeRecord(headOf(entry, 'm', 2), entry),
      ...[
        JSON.stringify(message),
        '{"kind":"event","id":"a","at":1,"event":"sent"}',
        '+1798761600000 user@example.com',
        'user@example.com\n# x\n@example.net\n',
        '{"network":"192.0.2.0/24","since":1,"until":2,"times":1,"by":"operator","reason":"x","changedAt":1}',
      ].map((text) => Buffer.from(text)),
    ],
    words: [
      '{',
      '}',
      '[',
      ']',
      'null',
      'true',
      '1e999',
      '""',
      ',',
      ':',
      '"facts":',
      '"endings":',
      '"recipients":',
      '"kind":"message"',
      '\n',
      '__proto__',
    ],
    longestBytes: 16 * 1024,
    budgetMs: 200,
    run(input) {
      const head = decodeHead(input);
      const decoded = decodeEntry('abc123', input);
      if (!('fault' in decoded)) {
        must(head !== undefined && decoded.id === 'abc123', 'an entry without a head is taken');
        headOf(decoded, 'm', 0);
      }
      const text = input.toString();
      for (const line of text.split('\n', MOST_LINES)) {
        recordsIn(line);
        parseBan(line);
        parseHold(line);
      }
      readRecipients(text);
      decodeExample(input);
    },
  }),
};

/** A file of the operator: what is wrong in it is thrown, with its line. */
function readRecipients(text: string): void {
  try {
    parseRecipientFile(text, 'recipients');
  } catch (error) {
    must(
      /^recipients:\d+: /.test((error as Error).message),
      'a fault in a list of recipients has no line',
      String(error),
    );
  }
}
