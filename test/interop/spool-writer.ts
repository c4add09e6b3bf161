/**
 * A process to be watched while it uses the spool: adds COUNT messages of SIZE octets at once and writes a line when
 * it starts and whenever one was acknowledged.
 *
 *     node spool-writer.ts DIRECTORY COUNT SIZE
 */
import { readFileSync, writeSync } from 'node:fs';
import { implementation } from '../support/lmdb-spool.ts';
import { bodyOf, entryOf } from '../support/spool-mail.ts';

const [, , directory = '', count = '', size = ''] = process.argv;
const say = (line: string): void => void writeSync(1, `${line}\n`);
const mappedBytes = (): number => Number(readFileSync('/proc/self/statm', 'utf8').split(' ')[2]) * 4096;

const spool = await implementation.open(directory);
const body = bodyOf(Buffer.alloc(Number(size), 'x'));
const mappedBefore = mappedBytes();
let next = 0;

async function writer(): Promise<void> {
  while (next < Number(count)) {
    const id = String(next++).padStart(8, '0');
    await spool.add(entryOf(id, body), body);
    say(`acknowledged ${id}`);
  }
}

say('start');
await Promise.all(Array.from({ length: 50 }, writer));
say('end');
say(`mapped ${mappedBytes() - mappedBefore}`);
await spool.close();
