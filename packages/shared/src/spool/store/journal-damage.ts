/** What is wrong with the files of the journal, and what the operator is to know of it. Pure. */
import type { DamagedFile } from './damaged-files.ts';
import { FILE_HEAD_BYTES } from './journal-record.ts';
import { readableIn, type Hole } from './journal-read.ts';
import type { JournalFile } from './journal.ts';

/**
 * @param files the older first
 * @param moved the newest generation that is in the map; undefined when the map does not say
 */
export function damageIn(files: readonly JournalFile[], moved: number | undefined): DamagedFile[] {
  const found: DamagedFile[] = [];
  let expected = moved ?? Infinity;
  for (const file of files) {
    const isMoved = file.generation <= (moved ?? 0);
    // A file that was moved is of interest only when something newer may have been written over its beginning.
    const holes = isMoved ? file.holes.filter(({ from }) => from <= FILE_HEAD_BYTES) : file.holes;
    if (holes.length > 0) found.push(damageOf(file, holes, isMoved));
    if (file.isNew && moved !== undefined)
      found.push({
        ...{ path: file.path, keep: 'none', readable: [] },
        fault: 'the file is missing, and the last messages that were taken may have been in it',
        fix: 'put it back from a copy while the gateway is stopped, or delete this report',
      });
    if (isMoved || file.batches.length === 0) continue;
    if (file.generation > expected + 1)
      found.push({
        ...{ path: file.path, keep: 'none', readable: [] },
        fault: `changes ${expected + 1} to ${file.generation - 1} are in no file of the journal`,
        fix: 'the messages in them are lost: ask their senders, whom the log names, then delete this report',
      });
    expected = file.generation;
  }
  return found;
}

function damageOf(
  { path, octets, batches }: JournalFile,
  holes: readonly Hole[],
  isMoved: boolean,
): DamagedFile {
  const isDoubtful = isMoved || holes.every(({ isLast }) => isLast);
  const found = batches
    .filter(({ isWhole }) => !isWhole)
    .reduce((sum, { changes }) => sum + changes.length, 0);
  return {
    path,
    keep: octets,
    fault:
      `octets ${holes.map(({ from, to }) => `${from} to ${to}`).join(', ')} hold no whole record` +
      (isDoubtful
        ? ': a power cut came while a commit was written that nobody was told of, or the disk damaged the last one'
        : `; whatever was intact is used, ${found} changes of damaged records among it`),
    fix: 'its report names the messages that may be lost: ask their senders, then delete the copy and the report',
    isDoubtful,
    readable: readableIn(Buffer.concat(holes.map(({ from, to }) => octets.subarray(from, to)))),
  };
}
