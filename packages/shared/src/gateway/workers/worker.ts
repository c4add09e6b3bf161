/**
 * A process that carries mail: one of several below a supervisor, or the only one. It is told which one in its environment, and
 * speaks with the supervisor over the channel it was started with.
 */
import { noSiblings, SiblingSet, type Change, type Sibling, type Told } from './siblings.ts';
import { isFace, onlySlot, type Slot } from './slot.ts';
import { SIGN_MS } from './watchdog.ts';

/** What a worker says once it serves. */
export interface Ready {
  readonly kind: 'ready';
  readonly facts: object;
}

/** A sign of life. */
export interface Alive {
  readonly kind: 'alive';
  /** After so long without another one it hangs; 0: never. */
  readonly hangAfterMs: number;
}

/** What the face says once it has drained. */
export interface Drained {
  readonly kind: 'drained';
}

/** What it is told then, when it may end. */
export interface Leave {
  readonly kind: 'leave';
}

/** What a worker says to the supervisor. */
export type OfWorker = Told | Ready | Alive | Drained;
/** What the supervisor says to a worker. */
export type ToWorker = Told | Change | Leave;

export interface Worker extends Sibling {
  /** Whether it is the first that begins: nobody else of this gateway listens yet. */
  readonly isFirst: boolean;
  /** From now on it gives signs of life, and is ended where it hangs. */
  beWatched(hangAfterMs: () => number): void;
  /** It serves, and hears from now on what the others tell. */
  ready(facts: object): void;
  /** It has drained. Resolves when it may end: the face goes last, for it answers for all. */
  drained(): Promise<void>;
}

/** So long the face may take once the others have ended, or were cut off. */
export const LAST_MS = 2_000;

export const onlyWorker: Worker = {
  slot: onlySlot,
  isFirst: true,
  siblings: noSiblings,
  beWatched: () => undefined,
  ready: () => undefined,
  drained: () => Promise.resolve(),
};

const VARIABLE = 'MAILPAIR_WORKER';

/** Makes a process the worker with that slot. */
export const workerVariable = ({ number, of }: Slot, isFirst: boolean): Record<string, string> => ({
  [VARIABLE]: `${number}/${of}${isFirst ? '/first' : ''}`,
});

/**
 * The worker that this process was started as, or null.
 * @param orphaned called when the supervisor is no longer there
 */
export function thisWorker(orphaned: () => void): Worker | null {
  const given = process.env[VARIABLE];
  delete process.env[VARIABLE]; // it is no key of the configuration, nor for whom this process starts
  const [, number, of, first] = /^(\d+)\/(\d+)(\/first)?$/.exec(given ?? '') ?? [];
  if (number === undefined || !process.send) return null;
  const slot = { number: Number(number), of: Number(of) };
  const send = (message: OfWorker): void => {
    if (process.connected) process.send!(message, undefined, undefined, () => undefined);
  };
  const siblings = new SiblingSet(slot.number, send);
  const { promise: left, resolve: leave } = Promise.withResolvers<void>();
  process.on('message', (message: ToWorker) => {
    if (message.kind === 'leave') leave();
    else siblings.take(message);
  });
  process.on('disconnect', () => {
    leave();
    orphaned();
  });
  return {
    slot,
    isFirst: first !== undefined,
    siblings,
    beWatched(hangAfterMs) {
      const sign = (): void => send({ kind: 'alive', hangAfterMs: hangAfterMs() });
      sign();
      setInterval(sign, SIGN_MS).unref();
    },
    ready(facts) {
      siblings.start();
      send({ kind: 'ready', facts });
    },
    drained() {
      if (!isFace(slot)) return Promise.resolve();
      send({ kind: 'drained' });
      return left;
    },
  };
}
