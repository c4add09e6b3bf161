/**
 * What /metrics shows, by prom-client. What is counted for every message is a tally, gauges are read when asked for.
 */
import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import type { OutcomeKind } from '../values/outcome.ts';
import type { ListenerRole } from '../values/session.ts';
import { createTallies } from './tallies.ts';

export type AuthenticationMethod = 'spf' | 'dkim' | 'dmarc' | 'arc';
export type MessageResult = 'accepted' | 'deferred' | 'rejected' | 'fault';

export interface Gauges {
  /** Open sessions. */
  sessions(): number;
  /** Entries in the spool. */
  queueEntries(): number;
  /** Age of the oldest entry that is due, in seconds; 0 when none. */
  oldestDueSeconds(): number;
  /** Attempts under way. */
  attemptsActive(): number;
  /** Free octets on the spool's file system. */
  spoolFreeBytes(): number;
  /** Submitters whose mail is held. */
  submittersHeld(): number;
  /** From 0 idle to 1 full: the largest part, and the parts by name. */
  load(): { readonly value: number; readonly parts: Readonly<Record<string, number>> };
  /** Whether the ports for mail from the internet are closed. */
  isShut(): boolean;
  /** Messages in quarantine, and their octets. */
  quarantineMessages(): number;
  quarantineBytes(): number;
}

/** Of one partner. */
export interface PartnerGauges {
  readonly node: string;
  readonly state: string;
  readonly load: { readonly value: number } | null;
}

/** Of one list in DNS. */
export interface ListGauges {
  readonly name: string;
  readonly standing: string;
}

/** Of one server of an engine. */
export interface EngineGauges {
  readonly engine: string;
  readonly server: string;
  readonly standing: string;
}

/** Of one key that signs. */
export interface KeyGauges {
  readonly domain: string;
  readonly selector: string;
  readonly isShown: boolean;
}

/** Of one domain that is signed for. */
export interface SigningGauges {
  readonly domain: string;
  readonly standing: string;
}

export interface Metrics {
  session(listener: ListenerRole): void;
  refusedSession(code: number): void;
  /** A peer was turned away from a listener for load balancers. */
  turnedAway(): void;
  /** A client that was not let in for the load: `shed` to the other MX, or `defer`. */
  sentAway(how: 'shed' | 'defer'): void;
  /** A client of the internet was over a limit, or is banned. */
  limited(what: 'connections' | 'messages' | 'recipients' | 'tarpit' | 'ban'): void;
  watchBans(read: () => number): void;
  message(listener: ListenerRole, result: MessageResult): void;
  recipientRefused(listener: ListenerRole): void;
  /** A recipient's verdict on a message, as carried out. */
  verdict(listener: ListenerRole, kind: string): void;
  /** What SPF, DKIM, DMARC or ARC said of a message, or of one of its signatures. */
  authenticated(method: AuthenticationMethod, result: string): void;
  outcome(kind: OutcomeKind): void;
  dsn(kind: string): void;
  /** A message of a submitter is held. */
  held(): void;
  damaged(): void;
  /** Seconds from the last octet of a message to our reply. */
  accepted(seconds: number): void;
  /** A heartbeat between the gateways of the pair, and what became of it. */
  heartbeat(direction: 'sent' | 'received', result: string): void;
  /** What a partner was told, or told to our gain. */
  knowledge(direction: 'sent' | 'received', topic: string, items: number): void;
  watchPartners(read: () => readonly PartnerGauges[]): void;
  /** A list in DNS was asked, and what came of it. */
  listAnswer(list: string, result: string): void;
  watchLists(read: () => readonly ListGauges[]): void;
  /** An engine was asked about a message, and answered or failed. */
  engineAnswer(engine: string, server: string, result: string, ms: number): void;
  watchEngines(read: () => readonly EngineGauges[]): void;
  /** A message that we might sign: signed, unsigned because nothing asks for it, or a fault. */
  signed(result: 'signed' | 'unsigned' | 'fault'): void;
  watchSigning(read: () => readonly SigningGauges[]): void;
  watchKeys(read: () => readonly KeyGauges[]): void;
  watch(gauges: Gauges): void;
  render(): Promise<string>;
  readonly contentType: string;
}

export function createMetrics(role: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ role });
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: L[]): Counter<L> =>
    new Counter({ name: `mailpair_${name}`, help, labelNames, registers });

  const sessions = counter('sessions_total', 'Sessions by listener', ['listener']);
  const refused = counter('sessions_refused_total', 'Sessions ended by us, by reply code', ['code']);
  const turnedAway = counter(
    'turned_away_total',
    'Peers without a good PROXY header, at listeners for balancers',
    [],
  );
  const sentAway = counter(
    'clients_sent_away_total',
    'Clients not let in for the load, by whether the other MX has room',
    ['how'],
  );
  const limited = counter(
    'clients_limited_total',
    'Connections, messages and recipients of clients over a limit, kept waiting (tarpit), or refused for a ban',
    ['what'],
  );
  const recipients = counter('recipients_refused_total', 'RCPT refused, by listener', ['listener']);
  const dsns = counter('dsns_total', 'Delivery status notifications sent, by kind', ['kind']);
  const held = counter('held_total', 'Messages of submitters that were held when they came', []);
  const damaged = counter('damaged_total', 'Queue entries set aside as damaged', []);
  const tallies = createTallies(registry);
  const messages = tallies.counter(
    'mailpair_messages_total',
    'Messages received, by listener and what was answered',
    ['listener', 'result'],
  );
  const verdicts = tallies.counter(
    'mailpair_verdicts_total',
    'Recipients of messages, by listener and verdict',
    ['listener', 'verdict'],
  );
  const authentications = tallies.counter(
    'mailpair_authentication_total',
    'Messages from strangers (of DKIM signatures), by method and result',
    ['method', 'result'],
  );
  const outcomes = tallies.counter('mailpair_outcomes_total', 'Recipients by outcome of an attempt', [
    'kind',
  ]);
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name: `mailpair_${name}`,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  };
  const bound = <L extends string>(metric: Counter<L>, label: L): ((value: string) => void) => {
    const children = new Map<string, { inc(): void }>();
    return (value) => {
      let child = children.get(value);
      if (!child) children.set(value, (child = metric.labels({ [label]: value } as Record<L, string>)));
      child.inc();
    };
  };
  const countMessage = {
    mx: byKey((result: MessageResult) => messages({ listener: 'mx', result })),
    submission: byKey((result: MessageResult) => messages({ listener: 'submission', result })),
  };
  const countVerdict = {
    mx: byKey((verdict: string) => verdicts({ listener: 'mx', verdict })),
    submission: byKey((verdict: string) => verdicts({ listener: 'submission', verdict })),
  };
  const countAuthentication = byKey((key: string) => {
    const [method = '', result = ''] = key.split('=');
    return authentications({ method, result });
  });
  const countOutcome = byKey((kind: OutcomeKind) => outcomes({ kind }));

  return {
    session: bound(sessions, 'listener'),
    refusedSession: (code) => refused.inc({ code: String(code) }),
    turnedAway: () => turnedAway.inc(),
    sentAway: (how) => sentAway.inc({ how }),
    limited: (what) => limited.inc({ what }),
    watchBans: (read) => gauge('bans', 'Networks that are banned', read),
    message: (listener, result) => countMessage[listener](result),
    recipientRefused: bound(recipients, 'listener'),
    verdict: (listener, kind) => countVerdict[listener](kind),
    authenticated: (method, result) => countAuthentication(`${method}=${result}`),
    outcome: countOutcome,
    dsn: bound(dsns, 'kind'),
    held: () => held.inc(),
    damaged: () => damaged.inc(),
    accepted: tallies.histogram(
      'mailpair_accept_seconds',
      'Time from the last octet of a message to our reply',
      [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5, 30],
    ),
    ...partnerMetrics(registers),
    ...listMetrics(registers),
    ...engineMetrics(registers),
    ...signingMetrics(registers),
    watch: (gauges) => {
      gauge('sessions', 'Open sessions', gauges.sessions);
      gauge('queue_entries', 'Entries in the spool', gauges.queueEntries);
      gauge(
        'queue_oldest_due_seconds',
        'How long the oldest due entry has been waiting',
        gauges.oldestDueSeconds,
      );
      gauge('attempts_active', 'Attempts under way', gauges.attemptsActive);
      gauge('submitters_held', 'Submitters whose mail is held', gauges.submittersHeld);
      gauge('spool_free_bytes', 'Free octets where the spool lies', gauges.spoolFreeBytes);
      gauge('load', 'The largest part of the load; 1 is all this gateway can', () => gauges.load().value);
      gauge('shut', '1 while the port for mail from the internet is closed for the load', () =>
        Number(gauges.isShut()),
      );
      gauge('quarantine_messages', 'Messages in quarantine', gauges.quarantineMessages);
      gauge('quarantine_bytes', 'Octets in quarantine', gauges.quarantineBytes);
      new Gauge({
        name: 'mailpair_load_part',
        help: 'What the load is made of',
        labelNames: ['part'],
        registers,
        collect() {
          for (const [part, value] of Object.entries(gauges.load().parts)) this.set({ part }, value);
        },
      });
    },
    render: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

/** Counts under a word, bound the first time it is seen. */
function byKey<K extends string>(bind: (key: K) => () => void): (key: K) => void {
  const bound = new Map<K, () => void>();
  return (key) => {
    let count = bound.get(key);
    if (!count) bound.set(key, (count = bind(key)));
    count();
  };
}

function partnerMetrics(registers: Registry[]): Pick<Metrics, 'heartbeat' | 'knowledge' | 'watchPartners'> {
  const heartbeats = new Counter({
    name: 'mailpair_heartbeats_total',
    help: 'Heartbeats of the pair, by direction and what became of them',
    labelNames: ['direction', 'result'],
    registers,
  });
  const knowledge = new Counter({
    name: 'mailpair_knowledge_total',
    help: 'Recipients and the like told to partners, and learnt from them',
    labelNames: ['direction', 'topic'],
    registers,
  });
  return {
    heartbeat: (direction, result) => heartbeats.inc({ direction, result }),
    knowledge: (direction, topic, items) => knowledge.inc({ direction, topic }, items),
    watchPartners(read) {
      const perPartner = (name: string, help: string, value: (of: PartnerGauges) => number | null): void => {
        new Gauge({
          name: `mailpair_${name}`,
          help,
          labelNames: ['partner'],
          registers,
          collect() {
            this.reset();
            for (const partner of read()) {
              const now = value(partner);
              if (now !== null) this.set({ partner: partner.node }, now);
            }
          },
        });
      };
      perPartner('partner_up', '1 when the partner is alive', ({ state }) => Number(state === 'alive'));
      perPartner('partner_load', 'Load of the partner as it says', ({ load }) => load && load.value);
    },
  };
}

function listMetrics(registers: Registry[]): Pick<Metrics, 'listAnswer' | 'watchLists'> {
  const answers = new Counter({
    name: 'mailpair_list_answers_total',
    help: 'Answers of lists in DNS, by list: listed, clear, silent, or off while it is switched off',
    labelNames: ['list', 'result'],
    registers,
  });
  return {
    listAnswer: (list, result) => answers.inc({ list, result }),
    watchLists(read) {
      new Gauge({
        name: 'mailpair_list_up',
        help: '1 while a list in DNS is asked, 0 while it is switched off, silent or not yet tested',
        labelNames: ['list'],
        registers,
        collect() {
          this.reset();
          for (const { name, standing } of read()) this.set({ list: name }, Number(standing === 'sound'));
        },
      });
    },
  };
}

function engineMetrics(registers: Registry[]): Pick<Metrics, 'engineAnswer' | 'watchEngines'> {
  const answers = new Counter({
    name: 'mailpair_engine_answers_total',
    help: 'Messages that a server of an engine was asked about, by result: answered or failed',
    labelNames: ['engine', 'server', 'result'],
    registers,
  });
  const seconds = new Counter({
    name: 'mailpair_engine_seconds_total',
    help: 'Time that these took, together',
    labelNames: ['engine', 'server'],
    registers,
  });
  return {
    engineAnswer(engine, server, result, ms) {
      answers.inc({ engine, server, result });
      seconds.inc({ engine, server }, ms / 1000);
    },
    watchEngines(read) {
      new Gauge({
        name: 'mailpair_engine_up',
        help: '1 while a server of an engine is asked, 0 while it is down',
        labelNames: ['engine', 'server'],
        registers,
        collect() {
          this.reset();
          for (const { engine, server, standing } of read())
            this.set({ engine, server }, Number(standing === 'up'));
        },
      });
    },
  };
}

function signingMetrics(registers: Registry[]): Pick<Metrics, 'signed' | 'watchSigning' | 'watchKeys'> {
  const results = new Counter({
    name: 'mailpair_dkim_messages_total',
    help: 'Messages of submitters and our own by what came of signing: signed, unsigned as nothing asks for it, fault',
    labelNames: ['result'],
    registers,
  });
  const bound = byKey((result: string) => {
    const child = results.labels({ result });
    return () => child.inc();
  });
  return {
    signed: bound,
    watchSigning(read) {
      new Gauge({
        name: 'mailpair_dkim_domain_up',
        help: '1 while all active DKIM keys of a domain sign, 0 while one cannot be used; absent without active keys',
        labelNames: ['domain'],
        registers,
        collect() {
          this.reset();
          for (const { domain, standing } of read())
            if (standing !== 'waiting') this.set({ domain }, Number(standing === 'active'));
        },
      });
    },
    watchKeys(read) {
      new Gauge({
        name: 'mailpair_dkim_key_shown',
        help: '1 while DNS shows a DKIM key that signs, 0 while it does not or shows another; absent while not known',
        labelNames: ['domain', 'selector'],
        registers,
        collect() {
          this.reset();
          for (const { domain, selector, isShown } of read()) this.set({ domain, selector }, Number(isShown));
        },
      });
    },
  };
}
