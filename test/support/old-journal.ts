/** A file of the journal in its first format (journal-record-v1.ts), as the version that wrote it did. */
import { crc32 } from 'node:zlib';

export interface OldChange {
  readonly table: number;
  readonly key: string;
  readonly value: Buffer | null;
}

/** One record for each list of changes. */
export function oldJournal(
  generation: number,
  salt: Buffer,
  records: readonly (readonly OldChange[])[],
): Buffer {
  return Buffer.concat(
    records.map((changes, place) => {
      const content = Buffer.concat(changes.map(oldChange));
      const head = Buffer.alloc(40);
      head.writeUInt32LE(0x4d504a31, 0);
      head.writeUInt32LE(content.length, 8);
      head.writeUInt32LE(place, 12);
      head.writeDoubleLE(generation, 16);
      head.set(salt, 24);
      const record = Buffer.concat([head, content]);
      record.writeUInt32LE(crc32(record.subarray(8)), 4);
      return record;
    }),
  );
}

function oldChange({ table, key, value }: OldChange): Buffer {
  const head = Buffer.alloc(8);
  head[0] = table;
  head[1] = value ? 1 : 2;
  head.writeUInt16LE(key.length, 2);
  head.writeUInt32LE(value?.length ?? 0, 4);
  return Buffer.concat([head, Buffer.from(key), value ?? Buffer.alloc(0)]);
}
