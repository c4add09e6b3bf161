/**
 * send: one attempt to hand a message to the local servers of its recipients, or to ask them about a recipient.
 *
 * The choice of servers learns how each attempt goes. Nothing is tried while all of them are down.
 */
import type { Connections, SendOptions } from '../../smtp/client/connections.ts';
import type { HostFault } from '../../smtp/client/faults.ts';
import { sameForAll, type Outgoing } from '../../smtp/client/outgoing.ts';
import type { LocalServerFault } from '../../smtp/route/local-server-state.ts';
import type { LocalServers } from '../../smtp/route/local-servers.ts';
import type { Answer, Asker } from '../../smtp/route/refusal-watch.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { Log } from '../../platform/log/log.ts';
import type { LocalServerSettings } from '../../config/schema/local-server.ts';
import type { NextHop } from '../../platform/values/next-hop.ts';
import type { Outcome } from '../../platform/values/outcome.ts';
import { mayConcernClient, type Reply } from '../../platform/values/reply.ts';

export interface LocalDeliveryParts {
  readonly connections: Connections;
  readonly localServers: LocalServers;
  readonly clock: Clock;
  readonly log: Log;
}

export class LocalDelivery {
  readonly #parts: LocalDeliveryParts;

  constructor(parts: LocalDeliveryParts) {
    this.#parts = parts;
  }

  async send(
    servers: readonly LocalServerSettings[],
    outgoing: Outgoing,
    options: SendOptions,
  ): Promise<Outcome[]> {
    const { connections, localServers, clock } = this.#parts;
    if (localServers.allDown(servers, clock.now())) return sameForAll(outgoing, 'deferred', NO_LOCAL_SERVER);
    const ordered = localServers.order(servers, clock.now());
    const health = new HopHealth(ordered, this.#parts);
    const toHops = { ...options, isNamed: true, onHop: health };
    const outcomes = await connections.send(ordered.map(hopOf), outgoing, toHops);
    health.answered('mail', outgoing.reversePath, outcomes);
    return localServers.trouble(servers)?.isRefusal ? outcomes.map(untilItTakesMail) : outcomes;
  }

  /** Call-forward: what a local server says to RCPT; null when none could be asked. */
  async probe(
    servers: readonly LocalServerSettings[],
    recipient: string,
    timeoutMs: number,
  ): Promise<Reply | null> {
    const { connections, localServers, clock } = this.#parts;
    if (localServers.allDown(servers, clock.now())) return null;
    const ordered = localServers.order(servers, clock.now());
    const health = new HopHealth(ordered, this.#parts);
    const reply = await connections.probe(ordered.map(hopOf), '', recipient, { timeoutMs, onHop: health });
    if (reply) health.answered('call-forward', '', [{ recipient, stage: 'rcpt', reply }]);
    return reply;
  }
}

export const hopOf = ({ host, port, tls, implicitTls }: LocalServerSettings): NextHop => ({
  host,
  port,
  tls,
  implicitTls,
});

const NO_LOCAL_SERVER: Reply = {
  code: 451,
  enhanced: '4.4.1',
  text: 'No local mail server answers at the moment, please try again later',
};

/** What a server that refuses this gateway says at MAIL or RCPT is nothing about the message: it waits until the server takes mail. */
function untilItTakesMail(outcome: Outcome): Outcome {
  const { kind, stage, reply } = outcome;
  const mayConcernUs =
    kind === 'bounced' && (stage === 'mail' || stage === 'rcpt') && mayConcernClient(reply);
  return mayConcernUs ? { ...outcome, kind: 'deferred' } : outcome;
}

/** Reports to the choice of local servers how one attempt goes. Hops are tried one after the other. */
class HopHealth implements NonNullable<SendOptions['onHop']> {
  #startedAt = 0;
  readonly #servers: readonly LocalServerSettings[];
  readonly #localServers: LocalServers;
  readonly #clock: Clock;
  readonly #log: Log;
  /** The one that conversed last. */
  #conversed: LocalServerSettings | undefined;

  constructor(servers: readonly LocalServerSettings[], parts: LocalDeliveryParts) {
    this.#servers = servers;
    this.#localServers = parts.localServers;
    this.#clock = parts.clock;
    this.#log = parts.log;
  }

  started(hop: NextHop): void {
    this.#startedAt = this.#clock.now();
    this.#localServers.started(this.#serverOf(hop));
  }

  succeeded(hop: NextHop): void {
    const now = this.#clock.now();
    this.#conversed = this.#serverOf(hop);
    this.#localServers.succeeded(this.#conversed, now, now - this.#startedAt);
  }

  failed(hop: NextHop, { kind, reply }: HostFault): void {
    this.#log.warn('local-server.failed', { host: hop.host, port: hop.port, fault: kind, reply });
    this.#localServers.failed(this.#serverOf(hop), kind satisfies LocalServerFault, this.#clock.now(), reply);
  }

  refusedMail(hop: NextHop, reply: Reply): void {
    const answers = [{ recipient: '', stage: 'mail', reply }];
    this.#localServers.answered(this.#serverOf(hop), 'call-forward', '', answers, this.#clock.now());
  }

  abandoned(hop: NextHop): void {
    this.#localServers.abandoned(this.#serverOf(hop));
  }

  /** What the one that conversed last said of recipients. */
  answered(asker: Asker, reversePath: string, answers: readonly Answer[]): void {
    if (this.#conversed)
      this.#localServers.answered(this.#conversed, asker, reversePath, answers, this.#clock.now());
  }

  #serverOf(hop: NextHop): LocalServerSettings {
    return this.#servers.find(({ host, port }) => host === hop.host && port === hop.port)!;
  }
}
