/**
 * How the mail servers of the simulated internet behave: which trouble makes them go on to the next MX host, and when
 * they try again. Pure.
 *
 * RFC 5321 §5.1 says that a client tries the hosts in order "until a delivery attempt succeeds" and not what failing
 * is, so servers differ. Postfix goes on after any temporary failure, twice at most once it got past the greeting;
 * Exim too, and it remembers a host that failed as a whole; qmail goes on only when it is not let in at all, and puts
 * the message off after every other trouble; Exim bounces after a 5xx greeting. Spam comes to the last MX host first,
 * tries each message in one go, and not again.
 */
export const strangerKinds = ['postfix', 'exim', 'qmail', 'spammer'] as const;
export type StrangerKind = (typeof strangerKinds)[number];

export type SenderKind = StrangerKind | 'local server';

/**
 * What happened to a session, at the earliest point at which it went wrong:
 * - `refused`: no connection
 * - `closed`: a connection, and then none, before the greeting
 * - `greeting 4xx`, `hello 4xx`, `mail 4xx`, `rcpt 4xx`, `message 4xx`, `greeting 5xx`
 * - `lost`: the connection broke within the session
 * - `unanswered`: it broke after the final dot, so the host may have the message
 */
export type Trouble =
  | 'refused'
  | 'closed'
  | 'greeting 4xx'
  | 'greeting 5xx'
  | 'hello 4xx'
  | 'mail 4xx'
  | 'rcpt 4xx'
  | 'message 4xx'
  | 'lost'
  | 'unanswered';

export type Then = 'next host' | 'later' | 'bounce';

export interface Behaviour {
  readonly firstTo: 'lowest preference' | 'highest preference';
  after(trouble: Trouble): Then;
  /** Whether no message is brought to a host for a while that gave such trouble, and for how long. */
  restsHostMs(trouble: Trouble): number;
  /** Sessions past the greeting in one attempt. */
  readonly maxSessions: number;
  /** From an attempt that failed to the next, at the message's age; undefined gives the message up. */
  retryAfterMs(ageMs: number): number | undefined;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Troubles that are the host's, not the message's. */
const hostTroubles: readonly Trouble[] = ['refused', 'closed', 'greeting 4xx', 'hello 4xx', 'lost'];

const postfix: Behaviour = {
  firstTo: 'lowest preference',
  after: () => 'next host',
  restsHostMs: () => 0,
  maxSessions: 2,
  // As long as the message is old, from minimal_backoff_time to maximal_backoff_time.
  retryAfterMs: (ageMs) => clamp(ageMs, 300_000, 4_000_000),
};

const exim: Behaviour = {
  firstTo: 'lowest preference',
  after: (trouble) => (trouble === 'greeting 5xx' ? 'bounce' : 'next host'),
  restsHostMs: (trouble) => (hostTroubles.includes(trouble) ? 15 * MINUTE_MS : 0),
  maxSessions: Infinity,
  // F,2h,15m; G,16h,1h,1.5; F,4d,6h
  retryAfterMs(ageMs) {
    if (ageMs < 2 * HOUR_MS) return 15 * MINUTE_MS;
    return ageMs < 16 * HOUR_MS ? clamp(ageMs / 2, HOUR_MS, 6 * HOUR_MS) : 6 * HOUR_MS;
  },
};

const qmail: Behaviour = {
  firstTo: 'lowest preference',
  after: (trouble) => (trouble === 'refused' ? 'next host' : 'later'),
  restsHostMs: () => 0,
  maxSessions: 1,
  // Attempts at 0, 400, 1600, 3600 … seconds: squares of steps of 20.
  retryAfterMs: (ageMs) => 1000 * (Math.sqrt(ageMs / 1000) + 20) ** 2 - ageMs,
};

const spammer: Behaviour = {
  firstTo: 'highest preference',
  after: (trouble) => (trouble === 'refused' ? 'next host' : 'later'),
  restsHostMs: () => 0,
  maxSessions: 1,
  retryAfterMs: () => undefined,
};

export const behaviours: Readonly<Record<SenderKind, Behaviour>> = {
  postfix,
  exim,
  qmail,
  spammer,
  'local server': postfix,
};

const clamp = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);

export interface MxHost {
  readonly preference: number;
}

/** The hosts in the order in which they are tried; those of equal preference by chance (RFC 5321 §5.1). */
export function orderHosts<H extends MxHost>(
  hosts: readonly H[],
  { firstTo }: Behaviour,
  chance: () => number,
): H[] {
  const sign = firstTo === 'lowest preference' ? 1 : -1;
  return hosts
    .map((host) => ({ host, draw: chance() }))
    .sort((a, b) => sign * (a.host.preference - b.host.preference) || a.draw - b.draw)
    .map(({ host }) => host);
}
