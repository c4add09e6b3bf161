/**
 * Keeps the addresses of one name in its authoritative name server up to date: each step observes the nodes,
 * decides (balance.ts) and sends an update if one is due. If the balancer fails, only the DNS records become
 * stale; mail continues.
 *
 * Several updaters may keep one name. Each publishes its view as a record beside the addresses (view.ts), and
 * an address stays published while at least one updater sees it alive.
 */
import type { Clock } from '@mailpair/shared/platform/time/clock';
import { agreedNodes } from './agreement.ts';
import { isAsWanted, isPublished, isUpdateDue, startBalance, wantedOf } from './balance.ts';
import { withFailure, withLook, withOthers, withPublished, withUpdate } from './balance.ts';
import type { Balance, PublishedAddress, Rules } from './balance.ts';
import { isDead } from './choose.ts';
import { UpdateFault } from './faults.ts';
import { list, newsOfDamaged, newsOfLoads, newsOfNodes, newsOfViews, type News } from './news.ts';
import type { Observation } from './observe.ts';
import type { RecordServer, Standing } from './record-server.ts';
import { MOST_VIEWS, ViewKeeper, type OwnView } from './view-keeper.ts';

export interface BalancerParts {
  /** The name whose addresses are kept. */
  readonly name: string;
  readonly nodes: readonly { readonly host: string; readonly addresses: readonly string[] }[];
  /** Observes all nodes; the result has the order of the nodes. */
  look(): Promise<readonly Observation[]>;
  readonly server: RecordServer;
  /** The zone of the name; null to look it up in the name server. */
  readonly zone: string | null;
  readonly rules: Rules;
  /** The identity of this updater in its view. */
  readonly own: OwnView;
  /** Whether this updater runs continuously and therefore publishes its view. */
  readonly writesView: boolean;
  /** If true, the balancer reads from the server and reports the changes without making them. */
  readonly dryRun: boolean;
  readonly clock: Clock;
  tell(news: News): void;
}

export class Balancer {
  readonly #parts: BalancerParts;
  readonly #views: ViewKeeper;
  #balance: Balance;
  #zone: string | null;
  #standing: Standing = { addresses: [], views: [] };
  /** The published addresses when they were last read. */
  #believed: readonly PublishedAddress[] | null = null;
  #observations: readonly Observation[] = [];
  /** The last fault of the name server and the time since when it lasts. */
  #fault: UpdateFault | undefined;
  #faultSince: number | undefined;
  /** True if the server permits this updater to change addresses only. */
  #viewsRefused = false;
  #tooManyTold = false;
  /** The last text that a dry run reported. */
  #told = '';

  constructor(parts: BalancerParts) {
    this.#parts = parts;
    this.#zone = parts.zone;
    this.#views = new ViewKeeper(parts.own);
    this.#balance = startBalance(parts.nodes.map(({ addresses }) => addresses));
  }

  get balance(): Balance {
    return this.#balance;
  }

  get observations(): readonly Observation[] {
    return this.#observations;
  }

  get fault(): UpdateFault | undefined {
    return this.#fault;
  }

  get wanted(): readonly string[] {
    return wantedOf(this.#balance, this.#parts.rules);
  }

  /** Whether the published addresses differ from the wanted ones. */
  get isDifferent(): boolean {
    return !isAsWanted(this.#balance, this.#parts.rules);
  }

  /** Observes the nodes once and acts on the result. */
  async step(): Promise<void> {
    const { look, clock, rules, nodes } = this.#parts;
    const before = this.#balance;
    const observations = await look();
    const now = clock.now();
    this.#balance = withLook(before, observations, now, rules);
    this.#tellAll(newsOfNodes(nodes, before, this.#balance, observations));
    this.#tellAll(newsOfLoads(nodes, this.#observations, observations));
    this.#observations = observations;
    if (now < this.#balance.restsUntil) return;
    await this.#guarded(() => this.#follow(now, this.#balance.slot !== before.slot));
  }

  /** Publishes all addresses and removes all views, for a name that no updater keeps any more. */
  async restore(): Promise<void> {
    const { clock, nodes, rules } = this.#parts;
    const all = nodes.flatMap(({ addresses }) => addresses);
    await this.#guarded(async () => {
      await this.#read(clock.now());
      if (!isPublished(all, this.#standing.addresses, rules)) await this.#replace(all, clock.now());
      const { views } = this.#standing;
      if (views.length > 0 && !this.#viewsRefused)
        await this.#parts.server.changeViews(this.#zone ?? '', this.#standing, { drop: views, add: [] });
    });
  }

  /** Removes the own view, so that the others need not wait until it expires. */
  async leave(): Promise<void> {
    const { clock, server } = this.#parts;
    if (this.#views.written === null) return;
    await this.#guarded(async () => {
      await this.#read(clock.now());
      await server.changeViews(this.#zone ?? '', this.#standing, { drop: this.#views.own, add: [] });
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
      this.#faultSince ??= now;
      this.#balance = withFailure(this.#balance, now, rules);
      const retryInMs = this.#balance.restsUntil - now;
      const text = `${error.message}; the records stay as they are, next try in ${retryInMs / 1000} s`;
      this.#tell('error', 'records.fault', text, { reason: error.message, retryInMs });
    }
  }

  /** Reads the published state before a change, so that the decision uses all views. */
  async #follow(now: number, isNewSlot: boolean): Promise<void> {
    const isAsked = this.#balance.published === null || isNewSlot || this.#views.isReadDue(now);
    if (isAsked || this.#isViewDue(now) || isUpdateDue(this.#balance, now, this.#parts.rules))
      await this.#read(now);
    if (!this.#views.hasRoom(now)) return this.#tellTooMany();
    if (this.#isViewDue(now) && !(await this.#writeView(now))) return;
    if (!isUpdateDue(this.#balance, now, this.#parts.rules)) return;
    if (this.#parts.dryRun) this.#tellOfDryRun();
    else await this.#replace(this.wanted, now);
  }

  #isViewDue(now: number): boolean {
    const { writesView, dryRun } = this.#parts;
    if (!writesView || dryRun || this.#viewsRefused) return false;
    return this.#views.isDue(this.#balance.nodes, now);
  }

  async #read(now: number): Promise<void> {
    const { server, name, rules } = this.#parts;
    this.#zone ??= await server.findZone();
    this.#standing = await server.read();
    const { addresses: found, views } = this.#standing;
    const outageMs = this.#faultSince === undefined ? 0 : now - this.#faultSince;
    this.#faultSince = undefined;
    this.#tellAll(newsOfDamaged(name, this.#views.found(views, now, outageMs)));
    this.#takeOthers(now);
    this.#balance = withPublished(this.#balance, found);
    if (this.#believed && !isSame(found, this.#believed) && this.#isForeign(found)) {
      const addresses = found.map(({ address }) => address);
      const text = `somebody else has set ${name} to ${list(addresses)}`;
      this.#tell('warn', 'records.foreign', text, { addresses });
    }
    this.#believed = found;
    if (isPublished(this.wanted, found, rules)) this.#recovered();
  }

  #takeOthers(now: number): void {
    const before = this.#balance.others;
    const others = this.#views.others(now);
    this.#balance = withOthers(this.#balance, others, this.#viewsRefused ? null : this.#views.written);
    this.#tellAll(newsOfViews(before, others));
  }

  /** Whether no known updater can have chosen these addresses. */
  #isForeign(found: readonly PublishedAddress[]): boolean {
    const { nodes, rules } = this.#parts;
    const { others } = this.#balance;
    if (isPublished(this.wanted, found, rules)) return false;
    const own = nodes.flatMap(({ addresses }) => addresses);
    const isKnown = ({ address }: PublishedAddress): boolean =>
      own.includes(address) || others.some(({ sightings }) => sightings.has(address));
    return others.length === 0 || !found.every(isKnown);
  }

  /** Resolves with false if other updaters have changed their views since the last read. */
  async #writeView(now: number): Promise<boolean> {
    const { server } = this.#parts;
    const own = this.#views.compose(this.#balance.nodes, now);
    const { views } = this.#standing;
    try {
      const change = { drop: own.drop, add: [own.data] };
      if (!(await server.changeViews(this.#zone ?? '', this.#standing, change))) return this.#readAgain();
    } catch (error) {
      if (!(error instanceof UpdateFault && error.isNotAllowed)) throw error;
      this.#refuseViews(error, now);
      return true;
    }
    this.#standing = {
      ...this.#standing,
      views: [...views.filter((data) => !own.drop.includes(data)), own.data],
    };
    this.#views.wrote(own, now);
    this.#takeOthers(now);
    return true;
  }

  async #replace(addresses: readonly string[], now: number): Promise<void> {
    const { server, name, rules } = this.#parts;
    const { ttlSeconds } = rules;
    const was = this.#standing.addresses.map(({ address }) => address);
    const after = addresses.map((address) => ({ address, ttlSeconds }));
    const { shares } = this;
    if (!(await server.replace(this.#zone ?? '', this.#standing, after))) {
      this.#readAgain();
      return;
    }
    this.#recovered();
    this.#standing = { ...this.#standing, addresses: after };
    this.#balance = withUpdate(this.#balance, addresses, now, rules);
    this.#believed = after;
    const text = `${name} is ${list(addresses)} now (it was ${list(was)})`;
    this.#tell('info', 'records.updated', text, { addresses, was, shares });
  }

  /** The published state differs from what was read, so the next step reads it again. */
  #readAgain(): false {
    this.#balance = { ...this.#balance, published: null };
    return false;
  }

  #refuseViews({ message }: UpdateFault, now: number): void {
    this.#viewsRefused = true;
    this.#takeOthers(now);
    const text =
      `${message}; this updater goes on without writing what it sees, and one with another view would change the ` +
      'addresses back: allow it, then restart this updater';
    this.#tell('warn', 'views.refused', text, { reason: message });
  }

  #tellTooMany(): void {
    if (this.#tooManyTold) return;
    this.#tooManyTold = true;
    const text = `${MOST_VIEWS} others keep this name already, so this one only watches: run two or three of them`;
    this.#tell('warn', 'views.too-many', text, {});
  }

  #tellOfDryRun(): void {
    const { name } = this.#parts;
    const { wanted: addresses, shares } = this;
    const was = (this.#balance.published ?? []).map(({ address }) => address);
    const text = `${name} would be set to ${list(addresses)} (it is ${list(was)})`;
    if (text !== this.#told) this.#tell('info', 'records.would-change', text, { addresses, was, shares });
    this.#told = text;
    this.#recovered();
  }

  #recovered(): void {
    if (!this.#fault) return;
    this.#fault = undefined;
    this.#balance = { ...this.#balance, failures: 0 };
    this.#tell('info', 'records.recovered', 'the name server does what it is asked again', {});
  }

  /** The share of DNS answers that each node should get, by name. */
  get shares(): Readonly<Record<string, number>> {
    const { nodes, others } = this.#balance;
    const weights = agreedNodes(nodes, others).map((node) => (isDead(node) ? 0 : node.weight));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return Object.fromEntries(
      this.#parts.nodes.map(({ host }, index) => [
        host,
        sum === 0 ? 0 : Number((weights[index]! / sum).toFixed(3)),
      ]),
    );
  }

  #tellAll(news: readonly News[]): void {
    for (const { level, event, text, fields } of news) this.#tell(level, event, text, fields);
  }

  #tell(level: News['level'], event: string, text: string, fields: object): void {
    this.#parts.tell({ level, event, text, fields: { host: this.#parts.name, ...fields } });
  }
}

const isSame = (a: readonly PublishedAddress[], b: readonly PublishedAddress[]): boolean =>
  a.length === b.length &&
  a.every((one) => b.some((other) => one.address === other.address && one.ttlSeconds === other.ttlSeconds));
