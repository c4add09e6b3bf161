/**
 * Keeps the addresses of one name in its authoritative name server true: a look at the nodes, what follows from it
 * (balance.ts), and the update when it is due. Its own failures change nothing but its pace; mail never waits for it.
 */
import type { Clock } from '../../system/clock.ts';
import { changesOf, isPublished, isUpdateDue, startBalance, wantedOf } from './balance.ts';
import { withFailure, withLook, withPublished, withUpdate } from './balance.ts';
import type { Balance, PublishedAddress, Rules } from './balance.ts';
import { isDead } from './choose.ts';
import { UpdateFault } from './faults.ts';
import type { Observation } from './observe.ts';
import type { RecordServer } from './record-server.ts';

export interface News {
  readonly level: 'info' | 'warn' | 'error';
  readonly event: string;
  /** The same for a person. */
  readonly text: string;
  readonly fields: object;
}

export interface BalancerParts {
  /** The name that is kept. */
  readonly name: string;
  readonly nodes: readonly { readonly host: string; readonly addresses: readonly string[] }[];
  /** Looks at all nodes, in their order. */
  look(): Promise<readonly Observation[]>;
  readonly server: RecordServer;
  /** Null for the one that the server names. */
  readonly zone: string | null;
  readonly rules: Rules;
  /** Asks the server and tells what it would change. */
  readonly dryRun: boolean;
  readonly clock: Clock;
  tell(news: News): void;
}

export class Balancer {
  readonly #parts: BalancerParts;
  #balance: Balance;
  #zone: string | null;
  #observations: readonly Observation[] = [];
  /** What went wrong when the server was asked last. */
  #fault: UpdateFault | undefined;
  /** What was told last of a dry run. */
  #told = '';

  constructor(parts: BalancerParts) {
    this.#parts = parts;
    this.#zone = parts.zone;
    this.#balance = startBalance(parts.nodes.map(({ addresses }) => addresses));
  }

  get balance(): Balance {
    return this.#balance;
  }

  /** Of the last look. */
  get observations(): readonly Observation[] {
    return this.#observations;
  }

  get fault(): UpdateFault | undefined {
    return this.#fault;
  }

  get wanted(): readonly string[] {
    return wantedOf(this.#balance, this.#parts.rules);
  }

  /** What stands in DNS is not what ought to. */
  get isDifferent(): boolean {
    return !isPublished(this.wanted, this.#balance.published ?? [], this.#parts.rules);
  }

  /** One look and what follows from it. */
  async step(): Promise<void> {
    const { look, clock, rules } = this.#parts;
    const before = this.#balance;
    const observations = await look();
    const now = clock.now();
    this.#balance = withLook(before, observations, now, rules);
    this.#tellOfNodes(before, observations);
    this.#observations = observations;
    const { published, slot, notBefore } = this.#balance;
    const mayAsk = now >= notBefore;
    await this.#guarded(async () => {
      if (mayAsk && (published === null || slot !== before.slot)) await this.#read();
      if (isUpdateDue(this.#balance, now, rules)) await this.#update(this.wanted);
    });
  }

  /** Publishes all addresses, whoever is alive: for when nobody looks after them any more. */
  async restore(): Promise<void> {
    const all = this.#parts.nodes.flatMap(({ addresses }) => addresses);
    await this.#guarded(async () => {
      await this.#read();
      if (!isPublished(all, this.#balance.published ?? [], this.#parts.rules)) await this.#update(all);
    });
  }

  async #guarded(ask: () => Promise<void>): Promise<void> {
    try {
      await ask();
    } catch (error) {
      if (!(error instanceof UpdateFault)) throw error;
      this.#fault = error;
      const { clock, rules } = this.#parts;
      const now = clock.now();
      this.#balance = withFailure(this.#balance, now, rules);
      const retryInMs = this.#balance.notBefore - now;
      const text = `${error.message}; the records stay as they are, next try in ${retryInMs / 1000} s`;
      this.#tell('error', 'records.fault', text, { reason: error.message, retryInMs });
    }
  }

  async #read(): Promise<void> {
    const { server, name, rules } = this.#parts;
    this.#zone ??= await server.findZone();
    const believed = this.#balance.published;
    const found = await server.read();
    this.#balance = withPublished(this.#balance, found);
    const addresses = found.map(({ address }) => address);
    if (believed && !isSame(found, believed) && !isPublished(this.wanted, found, rules))
      this.#tell('warn', 'records.foreign', `somebody else has set ${name} to ${list(addresses)}`, {
        addresses,
      });
    if (isPublished(this.wanted, found, rules)) this.#recovered();
  }

  async #update(addresses: readonly string[]): Promise<void> {
    const { server, name, rules, clock, dryRun } = this.#parts;
    const { ttlSeconds } = rules;
    const before = this.#balance.published ?? [];
    const was = before.map(({ address }) => address);
    const { shares } = this;
    if (dryRun) {
      const text = `${name} would be set to ${list(addresses)} (it is ${list(was)})`;
      if (text !== this.#told) this.#tell('info', 'records.would-change', text, { addresses, was, shares });
      this.#told = text;
      return this.#recovered();
    }
    const sentAt = clock.now();
    const after = addresses.map((address) => ({ address, ttlSeconds }));
    if (await server.replace(this.#zone ?? '', before, after)) {
      this.#balance = withUpdate(this.#balance, addresses, sentAt, rules);
      this.#recovered();
      this.#tell('info', 'records.updated', `${name} is ${list(addresses)} now (it was ${list(was)})`, {
        addresses,
        was,
        shares,
      });
    } else {
      this.#balance = { ...this.#balance, published: null };
      const text = `somebody else has changed ${name} since it was read; it is read again`;
      this.#tell('warn', 'records.foreign', text, {});
    }
  }

  #recovered(): void {
    if (!this.#fault) return;
    this.#fault = undefined;
    this.#balance = { ...this.#balance, failures: 0 };
    this.#tell('info', 'records.recovered', 'the name server does what it is asked again', {});
  }

  #tellOfNodes(before: Balance, observations: readonly Observation[]): void {
    const { nodes } = this.#parts;
    const { dead, back } = changesOf(before, this.#balance);
    for (const index of dead) {
      const { host, addresses } = nodes[index]!;
      const said = addresses.map((address, at) => `${address}: ${observations[index]?.said[at]}`);
      this.#tell('warn', 'node.dead', `${host} is dead (${said.join(', ')})`, { node: host, said });
    }
    if (dead.length > 0 && this.#balance.nodes.every(isDead))
      this.#tell(
        'error',
        'node.all-dead',
        'all nodes look dead, so all are published: is this host cut off?',
        {},
      );
    for (const index of back) {
      const node = nodes[index]!.host;
      this.#tell('info', 'node.back', `${node} is back`, { node });
    }
    observations.forEach(({ answers, noLoad }, index) => {
      const node = nodes[index]!.host;
      if (noLoad === null || !answers.includes('yes')) return;
      if (noLoad === this.#observations[index]?.noLoad) return;
      const text = `the load of ${node} is not known, it counts as half full: ${noLoad}`;
      this.#tell('warn', 'node.load-unknown', text, { node, reason: noLoad });
    });
  }

  /** By node, the part of the answers that it is due. */
  get shares(): Readonly<Record<string, number>> {
    const weights = this.#balance.nodes.map((node) => (isDead(node) ? 0 : node.weight));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return Object.fromEntries(
      this.#parts.nodes.map(({ host }, index) => [
        host,
        sum === 0 ? 0 : Number((weights[index]! / sum).toFixed(3)),
      ]),
    );
  }

  #tell(level: News['level'], event: string, text: string, fields: object): void {
    this.#parts.tell({ level, event, text, fields: { host: this.#parts.name, ...fields } });
  }
}

const list = (addresses: readonly string[]): string => addresses.join(', ') || 'nothing';

const isSame = (a: readonly PublishedAddress[], b: readonly PublishedAddress[]): boolean =>
  a.length === b.length &&
  a.every((one) => b.some((other) => one.address === other.address && one.ttlSeconds === other.ttlSeconds));
