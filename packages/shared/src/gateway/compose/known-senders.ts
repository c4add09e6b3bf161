/**
 * accept → pair: who is known by the mail that it delivered, and what senders do when they are refused. Kept over restarts, told to the
 * other workers and to the partners.
 */
import { join } from 'node:path';
import type { MailStanding } from '../intake/standing-of-mail.ts';
import { KnownClients, MOST_KNOWN } from '../pair/known-clients.ts';
import { formatNeighbours, parseNeighbours } from '../pair/neighbours.ts';
import type { Mx } from '../pair/refusals.ts';
import { formatRecord, parseRecord } from '../pair/sender-class.ts';
import { MOST_SENDERS, Senders } from '../pair/senders.ts';
import type { Topics } from '../../platform/topics.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { openKeptMap, type KeptMap, type KeptMapOptions } from '../../platform/maps/kept-map.ts';
import type { Log } from '../../platform/log/log.ts';
import type { Metrics } from '../../platform/metrics/metrics.ts';

export interface KnownSendersParts {
  readonly here: Mx;
  /** The spool's. */
  readonly directory: string;
  /** False where another worker writes there. */
  readonly keeps: boolean;
  readonly topics: Topics;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'watchKnown' | 'watchSenders'>;
}

export interface KnownSenders {
  readonly known: KnownClients;
  readonly senders: Senders;
  /** Mail came that says something of its sender. */
  came(mail: MailStanding): void;
  close(): Promise<void>;
}

export function openKnownSenders(parts: KnownSendersParts): KnownSenders {
  const { here, clock, metrics } = parts;
  const opened: KeptMap<unknown>[] = [];
  const open = <V>(name: string, most: number, lines: Lines<V>): KeptMap<V> => {
    const { directory, keeps, log } = parts;
    const path = join(directory, 'conduct', `${name}.journal`);
    const onFault = (error: Error): void => log.error('known.journal-fault', { err: error });
    const map = openKeptMap<V>({ path, keeps, most, ...lines, onFault });
    opened.push(map);
    return map;
  };
  const networks = { format: formatNeighbours, parse: parseNeighbours };
  const known = new KnownClients({
    new: open('known-new', MOST_KNOWN.new, networks),
    long: open('known-long', MOST_KNOWN.long, networks),
    most: MOST_KNOWN.long,
  });
  const records = { format: formatRecord, parse: parseRecord };
  const senders = new Senders({
    here,
    known,
    tables: {
      few: open('senders-few', MOST_SENDERS.few, records),
      enough: open('senders-enough', MOST_SENDERS.enough, records),
      most: MOST_SENDERS.enough,
    },
  });
  shareSenders(parts.topics, clock, known, senders);
  metrics.watchKnown(() => known.count());
  metrics.watchSenders(() => senders.count(clock.now()));
  return {
    known,
    senders,
    came({ client, domain, isClean }) {
      const now = clock.now();
      if (!isClean) return senders.spoilt(client, domain, now);
      known.delivered(client, domain, now);
      senders.delivered(client, domain, now);
    },
    async close() {
      await Promise.all(opened.map((map) => map.close()));
    },
  };
}

type Lines<V> = Pick<KeptMapOptions<V>, 'format' | 'parse'>;

/** With partners and with other workers. */
export function shareSenders(topics: Topics, clock: Clock, known: KnownClients, senders: Senders): void {
  const ofKnown = topics.add({
    name: 'known',
    look: (client) => known.look(client),
    all: () => known.all(),
    take: (items) => known.take(items, clock.now()),
  });
  known.noted = (client) => ofKnown.tell(client);
  const ofSenders = topics.add({
    name: 'senders',
    look: (key) => senders.look(key, clock.now()),
    all: () => senders.all(),
    take: (items) => senders.take(items, clock.now()),
  });
  senders.news = (key) => ofSenders.tell(key);
}
