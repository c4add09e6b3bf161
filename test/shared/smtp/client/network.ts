/**
 * A network for tests of sending: sinks, connections and hops that are cleaned up after each test. To be made inside a
 * `describe`.
 */
import { afterEach } from 'mocha';
import {
  createConnections,
  type Connections,
  type ConnectionsParts,
} from '@mailpair/shared/smtp/client/connections';
import type { HostFault } from '@mailpair/shared/smtp/client/faults';
import type { HopEvents } from '@mailpair/shared/smtp/client/host-session';
import type { Settings } from '@mailpair/shared/config/settings';
import type { NextHop } from '@mailpair/shared/platform/values/next-hop';
import type { Outcome } from '@mailpair/shared/platform/values/outcome';
import {
  openSink,
  type Answer,
  type Answering,
  type Sink,
  type SinkOptions,
} from '../../../support/smtp-sink.ts';
import { event, hopTo, SETTINGS } from './fixtures.ts';

export interface Network {
  sinkWith(options?: SinkOptions): Promise<Sink>;
  connectionsWith(settings?: Partial<Settings['send']>, parts?: Partial<ConnectionsParts>): Connections;
  /** An event that happens at the latest when the test is over. */
  gate(): ReturnType<typeof event<void>>;
}

export function network(): Network {
  const sinks: Sink[] = [];
  const made: Connections[] = [];
  const gates: (() => void)[] = [];

  afterEach(async () => {
    for (const open of gates.splice(0)) open();
    await Promise.all(sinks.splice(0).map((sink) => sink.close()));
    await Promise.all(made.splice(0).map((connections) => connections.close()));
  });

  return {
    async sinkWith(options = {}) {
      const sink = await openSink(options);
      sinks.push(sink);
      return sink;
    },

    connectionsWith(settings = {}, parts = {}) {
      const connections = createConnections({
        localName: 'out.example',
        settings: { ...SETTINGS, ...settings },
        addressesOf: () => Promise.resolve(['127.0.0.1']),
        now: () => Date.now(),
        ...parts,
      });
      made.push(connections);
      return connections;
    },

    gate() {
      const gate = event();
      gates.push(() => gate.happen());
      return gate;
    },
  };
}

/** A hop where nobody listens. */
export async function deadHop(host = '127.0.0.1'): Promise<NextHop> {
  const sink = await openSink();
  await sink.close();
  return hopTo(sink.port, { host });
}

export const told = (outcomes: readonly Outcome[]): string[] =>
  outcomes.map(({ kind, reply }) => `${kind} ${reply.code}`);

/** Answers like a host whose first session is of no use once it has taken a message. */
export const afterOne =
  (answer: Answer, first: string): Answering =>
  (_line, { number, messages }) =>
    number === 1 && messages > 0 ? answer : first;

/** What a caller is told about hosts. */
export function watch(): { seen: string[]; faults: HostFault[]; onHop: HopEvents } {
  const seen: string[] = [];
  const faults: HostFault[] = [];
  return {
    seen,
    faults,
    onHop: {
      started: ({ host }) => void seen.push(`started ${host}`),
      succeeded: ({ host }) => void seen.push(`succeeded ${host}`),
      abandoned: ({ host }) => void seen.push(`abandoned ${host}`),
      failed: ({ host }, fault) => {
        seen.push(`failed ${host} ${fault.kind}`);
        faults.push(fault);
      },
    },
  };
}
