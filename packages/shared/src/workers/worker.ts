/**
 * A process that carries mail: one of several below a supervisor, or the only one. It is told which one in its environment, and
 * speaks with the supervisor over the channel it was started with.
 */
import { noSiblings, SiblingSet, type Change, type Siblings, type Told } from './siblings.ts';
import { onlySlot, type Slot } from './slot.ts';

/** What a worker says once it serves. */
export interface Ready {
  readonly kind: 'ready';
  readonly facts: object;
}

export interface Worker {
  readonly slot: Slot;
  /** Whether it is the first that begins: nobody else of this gateway listens yet. */
  readonly isFirst: boolean;
  readonly siblings: Siblings;
  /** It serves, and hears from now on what the others tell. */
  ready(facts: object): void;
}

export const onlyWorker: Worker = {
  slot: onlySlot,
  isFirst: true,
  siblings: noSiblings,
  ready: () => undefined,
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
  const send = (message: Told | Ready): void => {
    if (process.connected) process.send!(message, undefined, undefined, () => undefined);
  };
  const siblings = new SiblingSet(slot.number, send);
  process.on('message', (message: Told | Change) => siblings.take(message));
  process.on('disconnect', orphaned);
  return {
    slot,
    isFirst: first !== undefined,
    siblings,
    ready(facts) {
      siblings.start();
      send({ kind: 'ready', facts });
    },
  };
}
