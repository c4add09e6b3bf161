/**
 * The slots of a spool: each worker of a gateway owns one, and writes nowhere else. Slot 0 is the spool directory itself, so
 * that a gateway with one worker is like one without; slot N is `slots/N` in it. What all workers know together (recipients,
 * bans, the API token, …) lies in slot 0, whose worker alone writes it; the others read it when they start.
 */
import { lstatSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

export interface Slot {
  readonly number: number;
  /** Of how many. */
  readonly of: number;
}

export const onlySlot: Slot = { number: 0, of: 1 };

/** What belongs to all workers is kept by this one. */
export const isFace = ({ number }: Slot): boolean => number === 0;

export const slotsDirectory = (spool: string): string => join(spool, 'slots');

export const slotDirectory = (spool: string, number: number): string =>
  number === 0 ? spool : join(slotsDirectory(spool), String(number));

/** @throws when it is a link: what is in a slot is moved and removed with the slot, and belongs to one worker alone */
export function expectNoLink(directory: string): void {
  if (!lstatSync(directory, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  throw new Error(`${directory} is a symbolic link: put the directory itself there, or mount the disk there`);
}

/** Numbers of the slots that there are, in order; 0 is always one of them. @throws when one is a link */
export function slotsIn(spool: string): number[] {
  expectNoLink(slotsDirectory(spool));
  const numbers = namesIn(slotsDirectory(spool))
    .filter((name) => /^[1-9]\d{0,3}$/.test(name))
    .map(Number);
  for (const number of numbers) expectNoLink(slotDirectory(spool, number));
  return [0, ...numbers.sort((a, b) => a - b)];
}

/** Their directories. */
export const slotDirectories = (spool: string): string[] =>
  slotsIn(spool).map((number) => slotDirectory(spool, number));

/** Numbers of the others. */
export const othersOf = ({ number, of }: Slot): number[] =>
  Array.from({ length: of }, (_, index) => index).filter((index) => index !== number);

/** Memory of a worker with some mail under way, and of the supervisor. */
const WORKER_BYTES = 128 * 1024 * 1024;
const SUPERVISOR_BYTES = 64 * 1024 * 1024;

/** @param memoryBytes that all processes together may have; Infinity where nothing limits them */
export function workersOf(
  wanted: number | 'auto',
  memoryBytes: number,
  cores = availableParallelism(),
): number {
  if (wanted !== 'auto') return wanted;
  return Math.max(1, Math.min(cores, Math.floor((memoryBytes - SUPERVISOR_BYTES) / WORKER_BYTES)));
}

export function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code))) return [];
    throw error;
  }
}
