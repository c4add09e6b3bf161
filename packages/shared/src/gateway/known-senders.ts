/** accept → pair: who is known by the mail that it delivered. Kept over restarts, told to the other workers and to the partners. */
import { join } from 'node:path';
import { KnownClients, MOST_KNOWN, type KnownTable } from '../pair/known-clients.ts';
import { formatNeighbours, parseNeighbours, type Neighbours } from '../pair/neighbours.ts';
import type { Topics } from '../pair/topics.ts';
import type { Clock } from '../system/clock.ts';
import { openKeptMap, type KeptMap } from '../system/kept-map.ts';
import type { Log } from '../system/log.ts';
import type { Metrics } from '../system/metrics.ts';

export interface KnownSendersParts {
  /** The spool's. */
  readonly directory: string;
  /** False where another worker writes there. */
  readonly keeps: boolean;
  readonly topics: Topics;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'watchKnown'>;
}

export interface KnownSenders {
  readonly known: KnownClients;
  close(): Promise<void>;
}

export function openKnownSenders({ directory, keeps, ...parts }: KnownSendersParts): KnownSenders {
  const { topics, clock, log, metrics } = parts;
  const open = (kind: keyof typeof MOST_KNOWN): KeptMap<Neighbours> & KnownTable =>
    openKeptMap<Neighbours>({
      path: join(directory, 'conduct', `known-${kind}.journal`),
      keeps,
      most: MOST_KNOWN[kind],
      format: formatNeighbours,
      parse: parseNeighbours,
      onFault: (error) => log.error('known.journal-fault', { err: error }),
    });
  const tables = { new: open('new'), long: open('long'), most: MOST_KNOWN.long };
  const known = new KnownClients(tables);
  const topic = topics.add({
    name: 'known',
    look: (client) => known.look(client),
    all: () => known.all(),
    take: (items) => known.take(items, clock.now()),
  });
  known.noted = (client) => topic.tell(client);
  metrics.watchKnown(() => known.count());
  return {
    known,
    async close() {
      await Promise.all([tables.new.close(), tables.long.close()]);
    },
  };
}
