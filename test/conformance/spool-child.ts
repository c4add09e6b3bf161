/**
 * A process that uses a spool until it is killed, and says on stdout what the spool has promised: each line is
 * written when the promise was kept, `updating` and `removing` before.
 *
 *     node spool-child.ts MODULE DIRECTORY
 */
import { writeSync } from 'node:fs';
import { bodyOf, dueAgain, entryOf } from '../support/spool-mail.ts';
import type { SpoolImplementation } from './spool.ts';

const [, , module = '', directory = ''] = process.argv;
const { implementation } = (await import(module)) as { implementation: SpoolImplementation };
const spool = await implementation.open(directory);
const say = (line: string): void => void writeSync(1, `${line}\n`);

async function writer(name: string): Promise<never> {
  for (let count = 0; ; count += 1) {
    const id = `${name}-${count}`;
    const sizeBytes = count % 20 === 19 ? implementation.largeBodyBytes + count : 100 + count;
    const body = bodyOf(Buffer.alloc(sizeBytes, id));
    const entry = entryOf(id, body);
    await spool.add(entry, body);
    say(`added ${id}`);
    if (count % 4 === 1) {
      say(`removing ${id}`);
      await spool.remove(id);
      say(`removed ${id}`);
    }
    if (count % 4 === 2) {
      say(`updating ${id}`);
      await spool.update(dueAgain(entry, 1_000 + count));
      say(`updated ${id} ${1_000 + count}`);
    }
  }
}

await Promise.all(['a', 'b', 'c', 'd', 'e'].map(writer));
