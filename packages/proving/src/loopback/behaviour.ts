/**
 * The behaviour of mail servers in the simulated internet: which failures make them try the next MX host, and
 * when they retry. Pure.
 *
 * RFC 5321 §5.1 requires a client to try the hosts in order "until a delivery attempt succeeds" but does not
 * define a failure, so servers differ. Postfix tries the next host after any temporary failure, but uses at
 * most two sessions that get past the greeting. Exim does the same and remembers a host that failed as a
 * whole; it bounces after a 5xx greeting. qmail tries the next host only if it gets no session at all, and
 * defers the message after any other failure. Spam tries the last MX host first, makes one attempt, and never
 * retries.
 */
export const strangerKinds = ['postfix', 'exim', 'qmail', 'spammer'] as const;
export type StrangerKind = (typeof strangerKinds)[number];

export type SenderKind = StrangerKind | 'local server';

/**
 * The failure of a session, at the earliest step at which one occurred:
 * - `refused`: no connection
 * - `closed`: the connection was closed before the greeting
 * - `greeting 4xx`, `hello 4xx`, `mail 4xx`, `rcpt 4xx`, `message 4xx`, `greeting 5xx`: the reply at this
 * step
 * - `lost`: the connection broke within the session
 * - `unanswered`: it broke after the final dot, so the host may have accepted the message
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
  /** The time in ms for which the host is avoided after this failure; 0 if it is not. */
  restsHostMs(trouble: Trouble): number;
  /** The maximum number of sessions past the greeting in one attempt. */
  readonly maxSessions: number;
  /**
   * The time in ms from a failed attempt to the next, for the age of the message; undefined abandons the
   * message.
   */
  retryAfterMs(ageMs: number): number | undefined;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Failures of the host rather than of the message. */
const hostTroubles: readonly Trouble[] = ['refused', 'closed', 'greeting 4xx', 'hello 4xx', 'lost'];

const postfix: Behaviour = {
  firstTo: 'lowest preference',
  after: () => 'next host',
  restsHostMs: () => 0,
  maxSessions: 2,
  // The age of the message, within minimal_backoff_time and maximal_backoff_time.
  retryAfterMs: (ageMs) => clamp(ageMs, 300_000, 4_000_000),
};

const exim: Behaviour = {
  firstTo: 'lowest preference',
  after: (trouble) => (trouble === 'greeting 5xx' ? 'bounce' : 'next host'),
  restsHostMs: (trouble) => (hostTroubles.includes(trouble) ? 15 * MINUTE_MS : 0),
  maxSessions: Infinity,
  // The retry rule F,2h,15m; G,16h,1h,1.5; F,4d,6h
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
  // Attempts at 0, 400, 1600, 3600 … seconds, the squares of multiples of 20.
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

/** The hosts in the order of preference; hosts of equal preference are in random order (RFC 5321 §5.1). */
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
