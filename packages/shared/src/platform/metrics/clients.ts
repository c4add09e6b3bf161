/** What is counted of sessions and of clients that are sent away, and how many networks are banned. */
import { Counter, Gauge, type Registry } from 'prom-client';
import type { ListenerRole } from '../values/session.ts';
import { byWord } from './by-word.ts';
import { gaugeByLabel } from './gateway.ts';

export interface ClientMetrics {
  session(listener: ListenerRole): void;
  refusedSession(code: number): void;
  /** A client spoke another protocol than SMTP. */
  foreignProtocol(protocol: string): void;
  /** A connection ended before its session began. */
  unserved(reason: string): void;
  /** A peer was turned away from a listener for load balancers. */
  turnedAway(): void;
  /** A client that was not let in for the load: `shed` to the other MX, or `defer`. */
  sentAway(how: 'shed' | 'defer'): void;
  /** A client of the internet was over a limit, or is banned. */
  limited(what: 'connections' | 'messages' | 'recipients' | 'tarpit' | 'ban' | 'room' | 'memory'): void;
  /** A request or a connection that the HTTP listener refused. */
  httpRefused(reason: string): void;
  watchBans(read: () => number): void;
  /** Senders of which is known what they do when they are refused. */
  watchSenders(read: () => Readonly<Record<'moves' | 'waits', number>>): void;
  /** Networks of which mail was taken, by how long they are known. */
  watchKnown(read: () => Readonly<Record<'new' | 'long', number>>): void;
}

export const clientMetrics = (registers: Registry[]): ClientMetrics => ({
  ...sessionCounts(registers),
  ...refusalCounts(registers),
  ...networkGauges(registers),
});

type SessionCounts = Pick<
  ClientMetrics,
  'session' | 'refusedSession' | 'foreignProtocol' | 'unserved' | 'turnedAway'
>;

function sessionCounts(registers: Registry[]): SessionCounts {
  const sessions = counter(registers, 'sessions_total', 'Sessions by listener', ['listener']);
  const refused = counter(registers, 'sessions_refused_total', 'Sessions ended by us, by reply code', [
    'code',
  ]);
  const foreign = counter(
    registers,
    'foreign_protocol_total',
    'Sessions ended because the client does not speak SMTP, by what it speaks',
    ['protocol'],
  );
  const unserved = counter(
    registers,
    'connections_unserved_total',
    'Connections that ended before their session, by the limit that forbade them or what became of the TLS handshake',
    ['reason'],
  );
  const turnedAway = counter(
    registers,
    'turned_away_total',
    'Peers without a good PROXY header, at listeners for balancers',
    [],
  );
  return {
    session: byWord((listener: ListenerRole) => {
      const child = sessions.labels({ listener });
      return () => child.inc();
    }),
    refusedSession: (code) => refused.inc({ code: String(code) }),
    foreignProtocol: (protocol) => foreign.inc({ protocol }),
    unserved: (reason) => unserved.inc({ reason }),
    turnedAway: () => turnedAway.inc(),
  };
}

function refusalCounts(registers: Registry[]): Pick<ClientMetrics, 'sentAway' | 'limited' | 'httpRefused'> {
  const sentAway = counter(
    registers,
    'clients_sent_away_total',
    'Clients not let in for the load, by whether the other MX has room',
    ['how'],
  );
  const limited = counter(
    registers,
    'clients_limited_total',
    'Connections, messages and recipients of clients over a limit, kept waiting (tarpit), refused for a ban, closed for room, ' +
      'or deferred for want of memory',
    ['what'],
  );
  const httpRefused = counter(
    registers,
    'http_refused_total',
    'Requests and connections that the HTTP listener refused, by the reason',
    ['reason'],
  );
  return {
    sentAway: (how) => sentAway.inc({ how }),
    limited: (what) => limited.inc({ what }),
    httpRefused: (reason) => httpRefused.inc({ reason }),
  };
}

const networkGauges = (
  registers: Registry[],
): Pick<ClientMetrics, 'watchBans' | 'watchSenders' | 'watchKnown'> => ({
  watchBans(read) {
    new Gauge({
      name: 'mailpair_bans',
      help: 'Networks that are banned',
      registers,
      aggregator: 'max',
      collect() {
        this.set(read());
      },
    });
  },
  watchSenders: (read) =>
    gaugeByLabel(registers, 'senders', {
      help: 'Senders of which is known what they do when they are refused: go to the other MX, or wait',
      label: 'class',
      read,
    }),
  watchKnown: (read) =>
    gaugeByLabel(registers, 'known_networks', {
      help: 'Networks from which mail was taken with nothing against it, by how long they are known: new, or long for a day or more',
      label: 'standing',
      read,
    }),
});

function counter<L extends string>(
  registers: Registry[],
  name: string,
  help: string,
  labelNames: L[],
): Counter<L> {
  return new Counter({ name: `mailpair_${name}`, help, labelNames, registers });
}
