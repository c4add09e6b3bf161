/** What the thread of worker.ts is given and says, and the input that it is at, in memory that its watch sees. */
import type { Failure } from './failure.ts';
import type { Pump } from './mutate.ts';

export interface WorkerTask {
  readonly seed: number;
  readonly targets: readonly string[];
  /** Where the corpus is kept. */
  readonly directory: string;
  /** What an earlier run kept as a failure: it is tried again, and nothing else. */
  readonly again?: { readonly input: Uint8Array; readonly pump?: Pump };
  readonly now: SharedArrayBuffer;
}

export interface Tally {
  readonly inputs: number;
  readonly kept: number;
  readonly reached: number;
}

export type WorkerReport =
  | { readonly kind: 'failed'; readonly failure: Failure }
  | ({ readonly kind: 'turn'; readonly target: string } & Tally)
  | { readonly kind: 'done' };

/** Number of the input, index of its target, octets of the input, whether it is time to end; then the octets. */
const HEAD_INTS = 4;

/** Lets the watch see which input is at work. */
export function watched(now: SharedArrayBuffer): (index: number, input: Buffer) => void {
  const head = new Int32Array(now, 0, HEAD_INTS);
  const octets = new Uint8Array(now, HEAD_INTS * 4);
  return (index, input) => {
    octets.set(input.subarray(0, octets.length));
    head[1] = index;
    head[2] = Math.min(input.length, octets.length);
    Atomics.add(head, 0, 1);
  };
}

export function lookAt(now: SharedArrayBuffer): {
  readonly number: number;
  readonly target: number;
  readonly input: Buffer;
} {
  const [number = 0, target = 0, length = 0] = new Int32Array(now, 0, HEAD_INTS);
  return { number, target, input: Buffer.from(new Uint8Array(now, HEAD_INTS * 4, length)) };
}

/** A thread that is busy reads no messages. */
export const askToEnd = (now: SharedArrayBuffer): void => void (new Int32Array(now, 0, HEAD_INTS)[3] = 1);
export const isAskedToEnd = (now: SharedArrayBuffer): boolean => new Int32Array(now, 0, HEAD_INTS)[3] === 1;
