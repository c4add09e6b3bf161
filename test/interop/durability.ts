/**
 * Whether each message was on disk before its 250, judged by the system calls of the gateway. Pure.
 *
 * The spool has a journal, which is written through a descriptor that was opened with O_DSYNC. So for every message there
 * must be, each begun after the one before had ended: the writing of its octets and of its entry that succeeded, and the
 * 250. A large body is a file: written, synced, renamed or linked into place, and the directory synced, before its entry
 * is written.
 */
import { descriptorOf, placeOf, succeeded, type Call } from './strace.ts';

export interface Acknowledged {
  /** Found nowhere but in the octets of this message. */
  readonly mark: string;
  /** Given in the 250. */
  readonly id: string;
}

export const tracedCalls = [
  'openat',
  'write',
  'writev',
  'pwrite64',
  'pwritev',
  'sendto',
  'sendmsg',
  'fsync',
  'fdatasync',
  'msync',
  'rename',
  'renameat',
  'renameat2',
  'link',
  'linkat',
];

export const isSync = ({ name }: Call): boolean => ['fsync', 'fdatasync', 'msync'].includes(name);
export const isJournal = (call: Call): boolean => /\/queue\.journal-[ab]$/.test(placeOf(call));
/** Of the queue: what syncs each write is the journal, or the page that makes others of the map valid. */
const isQueueFile = (call: Call): boolean => isJournal(call) || placeOf(call).endsWith('/queue.mdb');
const isWrite = ({ name }: Call): boolean => /^p?write/.test(name);

/** Writes that end when they are on disk, given the descriptors that were open with O_DSYNC when the trace began. */
function findSealings(calls: readonly Call[], descriptors: readonly number[]): Call[] {
  const sealing = new Set(descriptors);
  return calls.filter((call) => {
    if (call.name === 'openat' && succeeded(call)) {
      const descriptor = parseInt(call.result, 10);
      if (/\bO_D?SYNC\b/.test(call.args)) sealing.add(descriptor);
      else sealing.delete(descriptor);
    }
    return isWrite(call) && isQueueFile(call) && sealing.has(descriptorOf(call)) && succeeded(call);
  });
}

/** The numbers of syncs by kind, for a person and for comparing with the number of messages. */
export function countSyncs(
  calls: readonly Call[],
  descriptors: readonly number[],
): { syncs: number; sealings: number } {
  const syncs = calls.filter((call) => isSync(call) && succeeded(call)).length;
  return { syncs, sealings: findSealings(calls, descriptors).length };
}

/** What is not proven, in words; nothing when every message was on disk before its 250 was written. */
export function findUnproven(
  calls: readonly Call[],
  descriptors: readonly number[],
  messages: readonly Acknowledged[],
): string[] {
  const written = findSealings(calls, descriptors).filter(isJournal);
  return messages.flatMap((message) => {
    const fault = faultOf(message, { calls, written });
    return fault === undefined ? [] : [`${message.id}: ${fault}`];
  });
}

interface Steps {
  readonly calls: readonly Call[];
  /** To the journal, and on disk. */
  readonly written: readonly Call[];
}

const after = (calls: readonly Call[], call: Call): Call | undefined =>
  calls.find(({ begin }) => begin > call.end);

function faultOf({ mark, id }: Acknowledged, steps: Steps): string | undefined {
  const { calls, written } = steps;
  const acknowledgement = calls.find(
    (call) => placeOf(call).startsWith('TCP') && call.args.includes(`250 2.0.0 Queued as ${id}`),
  );
  if (!acknowledgement) return 'its 250 is not in the trace';
  const whole = written.find(({ args }) => args.includes(mark));
  const inFile = whole ? undefined : fileOf(id, mark, calls);
  if (!whole && !inFile) return 'its octets were written nowhere, or not synced';
  if (inFile && 'fault' in inFile) return inFile.fault;
  const record =
    whole ??
    after(
      written.filter(({ args }) => args.includes(id)),
      inFile!.safe,
    );
  if (!record) return 'its entry was not written after its body was on disk';
  if (!record.args.includes(id)) return 'its entry was not written with its body';
  return acknowledgement.begin > record.end
    ? undefined
    : 'its 250 was written before the write that covers it had ended';
}

/** How a body became a file that survives a power cut, or what is missing. */
function fileOf(
  id: string,
  mark: string,
  calls: readonly Call[],
): { safe: Call } | { fault: string } | undefined {
  const first = calls.find(
    (call) => isWrite(call) && /\/incoming\//.test(placeOf(call)) && call.args.includes(mark),
  );
  if (!first) return undefined;
  const path = placeOf(first);
  const last = calls.findLast((call) => isWrite(call) && placeOf(call) === path)!;
  const syncs = calls.filter((call) => isSync(call) && succeeded(call));
  const sync = after(
    syncs.filter((call) => placeOf(call) === path),
    last,
  );
  if (!sync) return { fault: 'the file of its body was not synced after the last write' };
  const placed = after(
    calls.filter(({ name, args }) => /^(rename|link)/.test(name) && args.includes(`/bodies/${id}"`)),
    sync,
  );
  if (!placed) return { fault: 'the file of its body was not put in place after the sync' };
  const safe = after(
    syncs.filter((call) => placeOf(call).endsWith('/bodies')),
    placed,
  );
  return safe ? { safe } : { fault: 'the directory of the bodies was not synced' };
}
