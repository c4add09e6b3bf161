/**
 * What clients do on the listeners for mail from the internet, counted by client, neighbourhood and sender, and what follows:
 * come back later, wait for the answer, be banned. Bookkeeping in memory, no I/O but what keeps the bans.
 */
import type { Clock } from '../../platform/time/clock.ts';
import { clientOf, neighbourhoodOf } from '../../platform/network/client-network.ts';
import { createNetworks, isLocalAddress, type Networks } from '../../platform/network/addresses.ts';
import type { Settings } from '../../config/settings.ts';
import { replies, type Reply } from '../../platform/values/reply.ts';
import type { Rate } from '../../platform/values/rate.ts';
import type { Ban } from './ban.ts';
import type { Bans } from './bans.ts';
import { Gcra } from '../../platform/values/gcra.ts';

export type ConductRules = Pick<Settings, 'rates' | 'harvest'>;

/** A client as it is counted. */
export interface Guest {
  readonly address: string;
  readonly client: string;
  readonly network: string;
}

/** What follows from one more unknown recipient. */
export type Harvested = 'pass' | 'tarpit' | 'ban';

const MOST_CLIENTS = 50_000;
const MOST_NETWORKS = 20_000;
/** What a message that is taken gives back. */
const GIVEN_BACK = 2;
/** Bounces of forged mail ask for mailboxes that never were, and whoever sends them means no harm. */
const COST_OF_A_BOUNCE = 0.25;

/** What is counted, each by keys of its own. */
export type CountName =
  'connections' | 'networkConnections' | 'messages' | 'networkMessages' | 'senders' | 'recipients' | 'credit';

export class Conduct {
  readonly #clock: Clock;
  readonly #rules: () => ConductRules;
  readonly #ownAddresses: () => readonly string[];
  readonly #bans: Bans;
  #exempt: Networks;
  readonly #tables: Readonly<Record<CountName, Gcra>> = {
    connections: new Gcra(MOST_CLIENTS),
    networkConnections: new Gcra(MOST_NETWORKS),
    messages: new Gcra(MOST_CLIENTS),
    networkMessages: new Gcra(MOST_NETWORKS),
    senders: new Gcra(MOST_CLIENTS),
    recipients: new Gcra(MOST_CLIENTS),
    credit: new Gcra(MOST_CLIENTS),
  };
  /** Told of all that is counted here. */
  counted: (table: CountName, key: string, amount: number) => void = () => undefined;

  /** @param ownAddresses of the nodes of the pair */
  constructor(rules: () => ConductRules, ownAddresses: () => readonly string[], bans: Bans, clock: Clock) {
    this.#rules = rules;
    this.#ownAddresses = ownAddresses;
    this.#bans = bans;
    this.#clock = clock;
    this.#exempt = this.#exemptNow();
    bans.onChange((ban) => {
      // Whoever was forgiven begins anew.
      if (ban.until <= clock.now()) this.#tables.credit.forget(keyOf(ban.network));
    });
  }

  /** After the settings changed. */
  reload(): void {
    this.#exempt = this.#exemptNow();
  }

  #exemptNow(): Networks {
    return createNetworks([...this.#rules().rates.exempt, ...this.#ownAddresses()]);
  }

  /** Null for who is never counted. */
  guest(address: string): Guest | null {
    if (isLocalAddress(address) || this.#exempt.has(address)) return null;
    return { address, client: clientOf(address), network: neighbourhoodOf(address) };
  }

  ban(guest: Guest): Ban | undefined {
    return this.#bans.find(guest.address);
  }

  connects({ client, network }: Guest): Reply | null {
    const { connectionsPerClient, connectionsPerNetwork } = this.#rules().rates;
    const wait = this.#take('connections', client, connectionsPerClient);
    if (wait > 0) return replies.tooOften('address', wait);
    const wide = this.#take('networkConnections', network, connectionsPerNetwork);
    return wide > 0 ? replies.tooOften('network', wide) : null;
  }

  /** MAIL. */
  sends({ client, network }: Guest, reversePath: string): Reply | null {
    const { messagesPerClient, messagesPerNetwork, messagesPerSender } = this.#rules().rates;
    const wait = this.#take('messages', client, messagesPerClient);
    if (wait > 0) return replies.tooManyMessages('address', wait);
    const wide = this.#take('networkMessages', network, messagesPerNetwork);
    if (wide > 0) return replies.tooManyMessages('network', wide);
    if (!messagesPerSender || reversePath === '') return null;
    const bySender = this.#take('senders', reversePath.toLowerCase(), messagesPerSender);
    return bySender > 0 ? replies.tooManyMessages('sender address', bySender) : null;
  }

  /** RCPT. */
  addresses({ client }: Guest): Reply | null {
    const wait = this.#take('recipients', client, this.#rules().rates.recipientsPerClient);
    return wait > 0 ? replies.tooManyRecipientsSoon(wait) : null;
  }

  /** Counts one more, or says in how many ms it may be tried again. */
  #take(table: CountName, key: string, rate: Rate | null): number {
    if (!rate) return 0;
    const wait = this.#tables[table].take(key, this.#clock.now(), rate);
    if (wait === 0) this.counted(table, key, 1);
    return wait;
  }

  /** It asked for a mailbox that does not exist. */
  asksForUnknown({ client }: Guest, reversePath: string): Harvested {
    const { credit, banMs } = this.#rules().harvest;
    const rate = this.#rateOf('credit');
    if (!rate) return 'pass';
    const cost = reversePath === '' ? COST_OF_A_BOUNCE : 1;
    const left = this.#tables.credit.spend(client, this.#clock.now(), rate, cost);
    this.counted('credit', client, cost);
    if (left >= credit / 2) return 'pass';
    if (left >= cost / 2) return 'tarpit'; // a little of it came back meanwhile
    this.#bans.impose(networkBanned(client), banMs, `asked for more than ${credit} unknown recipients`);
    return 'ban';
  }

  /** A message of it was taken. */
  delivered({ client }: Guest): void {
    const rate = this.#rateOf('credit');
    if (!rate) return;
    this.#tables.credit.give(client, this.#clock.now(), rate, GIVEN_BACK);
    this.counted('credit', client, -GIVEN_BACK);
  }

  /** Counts what another process of this gateway counted; less than nothing was given back. */
  countToo(table: CountName, key: string, amount: number): void {
    const rate = this.#rateOf(table);
    if (!rate) return;
    const now = this.#clock.now();
    if (amount > 0) this.#tables[table].spend(key, now, rate, amount);
    else this.#tables[table].give(key, now, rate, -amount);
  }

  #rateOf(table: CountName): Rate | null {
    const { rates, harvest } = this.#rules();
    if (table === 'credit')
      return harvest.credit > 0 ? { count: harvest.credit, perMs: harvest.refillMs } : null;
    return rates[ruleOf[table]];
  }
}

const ruleOf = {
  connections: 'connectionsPerClient',
  networkConnections: 'connectionsPerNetwork',
  messages: 'messagesPerClient',
  networkMessages: 'messagesPerNetwork',
  senders: 'messagesPerSender',
  recipients: 'recipientsPerClient',
} as const;

/** Clients are counted as `192.0.2.7` and `2001:db8::/64`, networks are banned as `192.0.2.7/32` and the same. */
const networkBanned = (client: string): string => (client.includes('/') ? client : `${client}/32`);
const keyOf = (network: string): string => network.replace(/^([\d.]+)\/32$/, '$1');
