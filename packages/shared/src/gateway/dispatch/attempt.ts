/**
 * route → send: one attempt to hand a message to the next hops of some of its recipients.
 *
 * Never rejects for what DNS, the network or a next hop does: each recipient gets an outcome. A fault of ours
 * becomes a deferral.
 */
import { hostname } from 'node:os';
import { lookUpMx } from '../../smtp/route/mx.ts';
import type { NextHopRest } from '../../smtp/route/next-hop-rest.ts';
import { routeFor, type Route } from '../../smtp/route/route.ts';
import type { SendOptions } from '../../smtp/client/connections.ts';
import { sameForAll, type Outgoing } from '../../smtp/client/outgoing.ts';
import type { Random } from '../../platform/values/random.ts';
import type { Resolver } from '../../platform/dns/resolver.ts';
import type { LocalServerSettings } from '../../config/schema/local-server.ts';
import type { Settings } from '../../config/settings.ts';
import { domainOf } from '../../platform/values/address.ts';
import type { NextHop } from '../../platform/values/next-hop.ts';
import type { Outcome } from '../../platform/values/outcome.ts';
import { replies, type Reply } from '../../platform/values/reply.ts';
import { LocalDelivery, type LocalDeliveryParts } from './local-delivery.ts';

export interface AttemptParts extends LocalDeliveryParts {
  settings(): Settings;
  /** What is in a password file, read at start and on reload. */
  passwordIn(file: string): string;
  readonly resolver: Resolver;
  readonly rest: NextHopRest;
  /** Names and addresses of this host, dropped from any MX list. */
  ownNames(): readonly string[];
  readonly random: Random;
}

export interface Group<T> {
  readonly route: Route;
  readonly recipients: readonly T[];
}

/** What is to be expected of a domain's next hop. */
export interface Outlook {
  /** `destinationOf` its route. */
  readonly destination: string;
  /** Until then every attempt is deferred without trying; in the past when it does not rest. */
  readonly restsUntil: number;
  /** It could not be reached the last time: one attempt will tell. */
  readonly isDoubtful: boolean;
  /** Servers that share its mail. */
  readonly hosts: number;
}

type ByMx = Extract<Route, { kind: 'mx' }>;
type StaticOrMx = Exclude<Route, { kind: 'local' }>;
type OptionsOfAttempt = Pick<SendOptions, 'proceed' | 'mayBegin' | 'timeoutMs'>;

export interface Attempts {
  outlook(domain: string): Outlook;
  /** Recipients by the route their mail takes; one attempt serves each group. */
  groups<T extends { readonly address: string }>(recipients: readonly T[]): Group<T>[];
  attempt(route: Route, outgoing: Outgoing, options?: OptionsOfAttempt): Promise<Outcome[]>;
  /** See LocalDelivery. */
  probe(servers: readonly LocalServerSettings[], recipient: string, timeoutMs: number): Promise<Reply | null>;
}

export class RoutedAttempts implements Attempts {
  readonly #parts: AttemptParts;
  readonly #local: LocalDelivery;

  constructor(parts: AttemptParts) {
    this.#parts = parts;
    this.#local = new LocalDelivery(parts);
  }

  outlook(domain: string): Outlook {
    const { localServers, rest, clock } = this.#parts;
    const route = this.#routeTo(domain);
    const destination = destinationOf(route);
    if (route.kind === 'local') {
      const { usableAt, areDown } = localServers.outlook(route.servers, clock.now());
      return { destination, restsUntil: usableAt, isDoubtful: areDown, hosts: route.servers.length };
    }
    const { until, isKnown } = rest.outlook(destination);
    return { destination, restsUntil: until, isDoubtful: isKnown, hosts: 1 };
  }

  groups<T extends { readonly address: string }>(recipients: readonly T[]): Group<T>[] {
    const [first] = recipients;
    if (first && recipients.length === 1)
      return [{ route: this.#routeTo(domainOf(first.address)), recipients }];
    const groups = new Map<string, { route: Route; recipients: T[] }>();
    for (const recipient of recipients) {
      const route = this.#routeTo(domainOf(recipient.address));
      const key = destinationOf(route);
      const group = groups.get(key);
      if (group) group.recipients.push(recipient);
      else groups.set(key, { route, recipients: [recipient] });
    }
    return [...groups.values()];
  }

  attempt(route: Route, outgoing: Outgoing, options: OptionsOfAttempt = {}): Promise<Outcome[]> {
    const failed = (error: unknown): Outcome[] => {
      this.#parts.log.error('attempt.fault', { err: error, route: destinationOf(route) });
      return sameForAll(outgoing, 'deferred', replies.localFault);
    };
    try {
      return this.#send(route, outgoing, options).catch(failed);
    } catch (error) {
      return Promise.resolve(failed(error));
    }
  }

  probe(
    servers: readonly LocalServerSettings[],
    recipient: string,
    timeoutMs: number,
  ): Promise<Reply | null> {
    return this.#local.probe(servers, recipient, timeoutMs);
  }

  #routeTo(domain: string): Route {
    const { settings, passwordIn } = this.#parts;
    return routeFor(domain, settings(), passwordIn);
  }

  #send(route: Route, outgoing: Outgoing, options: OptionsOfAttempt): Promise<Outcome[]> {
    if (route.kind === 'local') return this.#local.send(route.servers, outgoing, options);
    return this.#sendToDestination(route, outgoing, { ...options, isNamed: route.kind === 'static' });
  }

  /** Unless it rests; it does from now on when none of its hosts could be reached. */
  async #sendToDestination(route: StaticOrMx, outgoing: Outgoing, options: SendOptions): Promise<Outcome[]> {
    const { connections, rest, clock } = this.#parts;
    const destination = destinationOf(route);
    const resting = rest.resting(destination, clock.now());
    if (resting) return sameForAll(outgoing, 'deferred', resting);
    const hops = await (route.kind === 'static' ? [route.hop] : this.#hopsByMx(route));
    if (!Array.isArray(hops)) return sameForAll(outgoing, hops.kind, hops.reply);
    const outcomes = await connections.send(hops, outgoing, options);
    if (outcomes.some(({ host }) => host !== undefined)) rest.reached(destination);
    else if (outcomes[0] && outcomes.every(isUnreached))
      rest.unreachable(destination, outcomes[0].reply, clock.now());
    return outcomes;
  }

  async #hopsByMx({
    domain,
    tls,
  }: ByMx): Promise<NextHop[] | { kind: 'deferred' | 'bounced'; reply: Reply }> {
    const { resolver, ownNames, random } = this.#parts;
    const found = await lookUpMx(domain, { resolver, ownNames: ownNames(), random });
    if (found.kind === 'hosts')
      return found.hosts.map((host) => ({ host, port: SMTP_PORT, tls, implicitTls: false, fromDns: true }));
    return { kind: found.kind === 'permanent' ? 'bounced' : 'deferred', reply: found.reply };
  }
}

const SMTP_PORT = 25;
/** No host said anything, and it was not for want of a free session or because we are shutting down. */
const isUnreached = ({ kind, reply: { enhanced } }: Outcome): boolean =>
  kind === 'deferred' && enhanced !== '4.4.5' && enhanced !== '4.3.2';

/** The name of a route in logs, and the key under which it rests. */
export function destinationOf(route: Route): string {
  switch (route.kind) {
    case 'local':
      return `local:${route.servers.map(({ host, port }) => `${host}:${port}`).join()}`;
    case 'static':
      return `${route.hop.host}:${route.hop.port}`;
    case 'mx':
      return route.domain;
  }
}

/** Names under which this machine may find itself in an MX list. */
export const machineNames = (...more: string[]): string[] => [hostname(), ...more];
