/**
 * Senders that were refused and did not deliver since, with the MX that refused them. Bounded in two tables, so that strangers who
 * connect in great numbers push out strangers only, and by network, so that nobody who has many addresses fills a table. Pure.
 */
import { BoundedMap } from '../../platform/maps/bounded-map.ts';
import { isSender, isTime } from './sender-class.ts';
import { networkOfClient } from './neighbours.ts';

export type Mx = 'inbound' | 'outbound';

export interface Refusal {
  readonly by: Mx;
  /** Ms since the epoch. */
  readonly at: number;
  /** The sender has delivered since. */
  readonly isOver: boolean;
}

/** A sender that is away for longer came for another reason. */
export const REFUSAL_MS = 24 * 3_600_000;

/** Networks in each table, and senders in a network. */
const MOST = 5_000;
const MOST_IN_NETWORK = 8;

export class Refusals {
  readonly #tables: Readonly<Record<'known' | 'strange', BoundedMap<BoundedMap<Refusal>>>>;

  constructor(most = MOST) {
    this.#tables = { known: new BoundedMap(most), strange: new BoundedMap(most) };
  }

  get(sender: string, now: number): Refusal | undefined {
    const network = networkOf(sender);
    const found =
      this.#tables.known.get(network)?.get(sender) ?? this.#tables.strange.get(network)?.get(sender);
    return found && now - found.at < REFUSAL_MS ? found : undefined;
  }

  set(sender: string, refusal: Refusal, isKnown: boolean): void {
    const network = networkOf(sender);
    const table = this.#tables[isKnown || this.#tables.known.get(network) ? 'known' : 'strange'];
    const senders = table.get(network) ?? new BoundedMap<Refusal>(MOST_IN_NETWORK);
    senders.set(sender, refusal);
    table.set(network, senders);
  }
}

/** A domain is known by what DMARC proved, and stands for itself. */
const networkOf = (sender: string): string => (sender.startsWith('@') ? sender : networkOfClient(sender));

/** Of two the later counts; of one refusal, that it is over. */
export const isNewer = (told: Refusal, own: Refusal | undefined): boolean =>
  !own || told.at > own.at || (told.at === own.at && told.isOver && !own.isOver);

/** `["192.0.2.7","inbound",1798761600000,0]`, as partners tell each other. */
export const formatRefusal = (sender: string, { by, at, isOver }: Refusal): string =>
  JSON.stringify([sender, by, at, isOver ? 1 : 0]);

export function parseRefusal(text: string): [sender: string, Refusal] | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    if (!Array.isArray(value)) return undefined;
    const [sender, by, at, isOver] = value as unknown[];
    if (!isSender(sender) || (by !== 'inbound' && by !== 'outbound') || !isTime(at)) return undefined;
    return [sender, { by, at, isOver: isOver === 1 }];
  } catch {
    return undefined;
  }
}
