/**
 * route → send: one attempt to hand a message to the next hops of some of its recipients.
 *
 * Never rejects for what DNS, the network or a next hop does: each recipient gets an outcome. A fault of ours
 * becomes a deferral.
 */
import { hostname } from 'node:os';
import type { LocalServerFault } from '../../smtp/route/local-server-state.ts';
import type { LocalServers } from '../../smtp/route/local-servers.ts';
import type { Answer, Asker } from '../../smtp/route/refusal-watch.ts';
import { lookUpMx } from '../../smtp/route/mx.ts';
import type { NextHopRest } from '../../smtp/route/next-hop-rest.ts';
import { routeFor, type Route } from '../../smtp/route/route.ts';
import type { Connections, SendOptions } from '../../smtp/client/connections.ts';
import type { HostFault } from '../../smtp/client/faults.ts';
import type { Outgoing } from '../../smtp/client/outgoing.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { Log } from '../../platform/log/log.ts';
import type { Random } from '../../platform/values/random.ts';
import type { Resolver } from '../../platform/dns/resolver.ts';
import type { LocalServerSettings } from '../../config/settings/hosts.ts';
import type { Settings } from '../../config/settings.ts';
import { domainOf } from '../../platform/values/address.ts';
import type { NextHop } from '../../platform/values/next-hop.ts';
import type { Outcome } from '../../platform/values/outcome.ts';
import { mayConcernClient, replies, type Reply } from '../../platform/values/reply.ts';

export interface AttemptParts {
  settings(): Settings;
  /** What is in a password file, read at start and on reload. */
  passwordIn(file: string): string;
  readonly connections: Connections;
  readonly resolver: Resolver;
  readonly localServers: LocalServers;
  readonly rest: NextHopRest;
  /** Names and addresses of this host, dropped from any MX list. */
  ownNames(): readonly string[];
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
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

type OptionsOfAttempt = Pick<SendOptions, 'proceed' | 'mayBegin' | 'timeoutMs'>;

export interface Attempts {
  outlook(domain: string): Outlook;
  /** Recipients by the route their mail takes; one attempt serves each group. */
  groups<T extends { readonly address: string }>(recipients: readonly T[]): Group<T>[];
  attempt(route: Route, outgoing: Outgoing, options?: OptionsOfAttempt): Promise<Outcome[]>;
  /** Call-forward: what a local server says to RCPT; null when none could be asked. */
  probe(servers: readonly LocalServerSettings[], recipient: string, timeoutMs: number): Promise<Reply | null>;
}

/** What a server that refuses this gateway says at MAIL or RCPT is nothing about the message: it waits until the server takes mail. */
function untilItTakesMail(outcome: Outcome): Outcome {
  const { kind, stage, reply } = outcome;
  const mayConcernUs =
    kind === 'bounced' && (stage === 'mail' || stage === 'rcpt') && mayConcernClient(reply);
  return mayConcernUs ? { ...outcome, kind: 'deferred' } : outcome;
}

export function createAttempts(parts: AttemptParts): Attempts {
  const { connections, localServers, rest, clock } = parts;

  const all = (outgoing: Outgoing, kind: Outcome['kind'], reply: Reply): Outcome[] =>
    outgoing.recipients.map(({ address }) => ({ recipient: address, kind, reply }));

  async function toLocalServers(
    servers: readonly LocalServerSettings[],
    outgoing: Outgoing,
    options: OptionsOfAttempt,
  ): Promise<Outcome[]> {
    if (localServers.allDown(servers, clock.now())) return all(outgoing, 'deferred', NO_LOCAL_SERVER);
    const ordered = localServers.order(servers, clock.now());
    const health = new Health(ordered);
    const toHops = { ...options, isNamed: true, onHop: health };
    const outcomes = await connections.send(ordered.map(hopOf), outgoing, toHops);
    health.answered('mail', outgoing.reversePath, outcomes);
    return localServers.trouble(servers)?.isRefusal ? outcomes.map(untilItTakesMail) : outcomes;
  }

  /** Tells the choice of local servers how an attempt goes. Hops are tried one after the other. */
  class Health implements NonNullable<SendOptions['onHop']> {
    #startedAt = 0;
    readonly #servers: readonly LocalServerSettings[];
    /** The one that conversed last. */
    #conversed: LocalServerSettings | undefined;

    constructor(servers: readonly LocalServerSettings[]) {
      this.#servers = servers;
    }

    started(hop: NextHop): void {
      this.#startedAt = clock.now();
      localServers.started(this.#serverOf(hop));
    }

    succeeded(hop: NextHop): void {
      const now = clock.now();
      this.#conversed = this.#serverOf(hop);
      localServers.succeeded(this.#conversed, now, now - this.#startedAt);
    }

    failed(hop: NextHop, { kind, reply }: HostFault): void {
      parts.log.warn('local-server.failed', { host: hop.host, port: hop.port, fault: kind, reply });
      localServers.failed(this.#serverOf(hop), kind satisfies LocalServerFault, clock.now(), reply);
    }

    refusedMail(hop: NextHop, reply: Reply): void {
      const answers = [{ recipient: '', stage: 'mail', reply }];
      localServers.answered(this.#serverOf(hop), 'call-forward', '', answers, clock.now());
    }

    abandoned(hop: NextHop): void {
      localServers.abandoned(this.#serverOf(hop));
    }

    /** What the one that conversed last said of recipients. */
    answered(asker: Asker, reversePath: string, answers: readonly Answer[]): void {
      if (this.#conversed) localServers.answered(this.#conversed, asker, reversePath, answers, clock.now());
    }

    #serverOf(hop: NextHop): LocalServerSettings {
      return this.#servers.find(({ host, port }) => host === hop.host && port === hop.port)!;
    }
  }

  function toRoute(route: Route, outgoing: Outgoing, options: OptionsOfAttempt): Promise<Outcome[]> {
    if (route.kind === 'local') return toLocalServers(route.servers, outgoing, options);
    const hopsOf = (): ReturnType<typeof hopsByMx> =>
      route.kind === 'static' ? Promise.resolve([route.hop]) : hopsByMx(route.domain, route.tls);
    const isNamed = route.kind === 'static';
    return toDestination(destinationOf(route), hopsOf, outgoing, { ...options, isNamed });
  }

  async function toDestination(
    destination: string,
    hopsOf: () => Promise<NextHop[] | { kind: 'deferred' | 'bounced'; reply: Reply }>,
    outgoing: Outgoing,
    options: OptionsOfAttempt & Pick<SendOptions, 'isNamed'>,
  ): Promise<Outcome[]> {
    const resting = rest.resting(destination, clock.now());
    if (resting) return all(outgoing, 'deferred', resting);
    const hops = await hopsOf();
    if (!Array.isArray(hops)) return all(outgoing, hops.kind, hops.reply);
    const outcomes = await connections.send(hops, outgoing, options);
    if (outcomes.some(({ host }) => host !== undefined)) rest.reached(destination);
    else if (outcomes[0] && outcomes.every(isUnreached))
      rest.unreachable(destination, outcomes[0].reply, clock.now());
    return outcomes;
  }

  async function hopsByMx(
    domain: string,
    tls: NextHop['tls'],
  ): ReturnType<Parameters<typeof toDestination>[1]> {
    const found = await lookUpMx(domain, {
      resolver: parts.resolver,
      ownNames: parts.ownNames(),
      random: parts.random,
    });
    if (found.kind === 'hosts')
      return found.hosts.map((host) => ({ host, port: SMTP_PORT, tls, implicitTls: false, fromDns: true }));
    return { kind: found.kind === 'permanent' ? 'bounced' : 'deferred', reply: found.reply };
  }

  const routeOf = ({ address }: { readonly address: string }): Route =>
    routeFor(domainOf(address), parts.settings(), parts.passwordIn);

  return {
    outlook(domain) {
      const route = routeFor(domain, parts.settings(), parts.passwordIn);
      const destination = destinationOf(route);
      if (route.kind === 'local') {
        const { usableAt, areDown } = localServers.outlook(route.servers, clock.now());
        return { destination, restsUntil: usableAt, isDoubtful: areDown, hosts: route.servers.length };
      }
      const { until, isKnown } = rest.outlook(destination);
      return { destination, restsUntil: until, isDoubtful: isKnown, hosts: 1 };
    },

    groups(recipients) {
      const [first] = recipients;
      if (first && recipients.length === 1) return [{ route: routeOf(first), recipients }];
      const groups = new Map<string, { route: Route; recipients: (typeof recipients)[number][] }>();
      for (const recipient of recipients) {
        const route = routeOf(recipient);
        const key = destinationOf(route);
        const group = groups.get(key);
        if (group) group.recipients.push(recipient);
        else groups.set(key, { route, recipients: [recipient] });
      }
      return [...groups.values()];
    },

    attempt(route, outgoing, options = {}) {
      const failed = (error: unknown): Outcome[] => {
        parts.log.error('attempt.fault', { err: error, route: destinationOf(route) });
        return all(outgoing, 'deferred', replies.localFault);
      };
      try {
        return toRoute(route, outgoing, options).catch(failed);
      } catch (error) {
        return Promise.resolve(failed(error));
      }
    },

    async probe(servers, recipient, timeoutMs) {
      if (localServers.allDown(servers, clock.now())) return null;
      const ordered = localServers.order(servers, clock.now());
      const health = new Health(ordered);
      const reply = await connections.probe(ordered.map(hopOf), '', recipient, { timeoutMs, onHop: health });
      if (reply) health.answered('call-forward', '', [{ recipient, stage: 'rcpt', reply }]);
      return reply;
    },
  };
}

const SMTP_PORT = 25;
const NO_LOCAL_SERVER: Reply = {
  code: 451,
  enhanced: '4.4.1',
  text: 'No local mail server answers at the moment, please try again later',
};

/** No host said anything, and it was not for want of a free session or because we are shutting down. */
const isUnreached = ({ kind, reply: { enhanced } }: Outcome): boolean =>
  kind === 'deferred' && enhanced !== '4.4.5' && enhanced !== '4.3.2';

export const hopOf = ({ host, port, tls, implicitTls }: LocalServerSettings): NextHop => ({
  host,
  port,
  tls,
  implicitTls,
});

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
