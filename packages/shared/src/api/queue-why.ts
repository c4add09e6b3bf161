/** Why a message is still in the queue, and what happens next, in plain words. Pure. */
import type { NextHopNames } from './next-hop-names.ts';
import { isOpen, type Entry, type RecipientState } from '../platform/values/entry.ts';
import { stateOf, type QueueState } from './queue-item.ts';
import type { LocalServerState } from '../smtp/route/local-server-state.ts';
import type { RestState } from '../smtp/route/next-hop-rest.ts';
import type { Route } from '../smtp/route/route.ts';
import { formatAge, formatMoment } from '../platform/values/age.ts';
import { formatReply } from '../platform/values/reply.ts';

export interface WhyFacts {
  readonly entry: Entry;
  readonly now: number;
  readonly nextHops: NextHopNames;
  /** What the running gateway knows; undefined when it is not running. */
  readonly running: RunningFacts | undefined;
}

export interface RunningFacts {
  /** An attempt is under way. */
  readonly active: boolean;
  restOf(nextHop: string): RestState | undefined;
  readonly localServers: readonly LocalServerState[];
}

/** Times are ms since the epoch. Lines are sentences for people: show them, do not parse them. */
export interface Why {
  readonly id: string;
  readonly state: QueueState;
  /** An attempt is under way. */
  readonly active: boolean;
  readonly receivedAt: number;
  readonly expiresAt: number;
  /** About the message as a whole. */
  readonly lines: readonly string[];
  /** Those still to be relayed. */
  readonly recipients: readonly WhyRecipient[];
  /** Those that are done with. */
  readonly done: readonly Pick<RecipientState, 'address' | 'status' | 'last'>[];
}

export interface WhyRecipient extends Pick<RecipientState, 'address' | 'attempts' | 'dueAt' | 'last'> {
  readonly nextHop: string;
  readonly lines: readonly string[];
}

export function explain(facts: WhyFacts): Why {
  const { entry, now, running } = facts;
  return {
    id: entry.id,
    state: stateOf(entry, now),
    active: running?.active ?? false,
    receivedAt: entry.receivedAt,
    expiresAt: entry.expiresAt,
    lines: aboutEntry(facts),
    recipients: entry.recipients.filter(isOpen).map((recipient) => explainRecipient(recipient, facts)),
    done: entry.recipients
      .filter((recipient) => !isOpen(recipient))
      .map(({ address, status, last }) => ({ address, status, ...(last && { last }) })),
  };
}

function aboutEntry({ entry, now, running }: WhyFacts): string[] {
  const { held, expiresAt, receivedAt, reversePath } = entry;
  const end = reversePath === '' ? 'dropped, for its reverse-path is null' : `bounced to ${reversePath}`;
  return [
    `Received ${formatMoment(receivedAt, now)}.`,
    ...(held ? [aboutHold(entry)] : []),
    ...(running ? [] : ['The gateway is not running: no attempt is made until it is started.']),
    ...(running?.active ? ['An attempt is under way now.'] : []),
    now < expiresAt
      ? `Expires ${formatMoment(expiresAt, now)}; what is open then gets a last attempt and is ${end}.`
      : `Expired ${formatMoment(expiresAt, now)}: if the next attempt fails, what is open is ${end}.`,
  ];
}

function aboutHold({ id, heldFor, origin: { submitter } }: Entry): string {
  if (heldFor === undefined)
    return `Held by the operator: no attempt is made until "mailpair queue release ${id}".`;
  return (
    `Held when it came (${heldFor}): no attempt is made until "mailpair queue release ${id}"` +
    (submitter === undefined ? '.' : `, or "mailpair submitter release ${submitter}" for all of them.`)
  );
}

function explainRecipient(recipient: RecipientState, facts: WhyFacts): WhyRecipient {
  const { address, attempts, dueAt, last } = recipient;
  const { nextHops } = facts;
  const lines = [
    ...aboutLast(recipient, facts.now),
    ...aboutNext(recipient, facts),
    ...aboutNextHop(nextHops.routeOf(address), nextHops.nameOf(address), facts),
  ];
  return { address, nextHop: nextHops.nameOf(address), attempts, dueAt, ...(last && { last }), lines };
}

function aboutLast({ attempts, last }: RecipientState, now: number): string[] {
  if (!last) return [attempts === 0 ? 'No attempt so far.' : `${timesOf(attempts)} so far.`];
  const who = last.host === undefined ? 'no host answered, so this host says' : `${last.host} answered`;
  return [
    `${timesOf(attempts)} so far, the last ${formatMoment(last.at, now)}: ${who} ${formatReply(last.reply)}`,
  ];
}

const timesOf = (attempts: number): string => (attempts === 1 ? '1 attempt' : `${attempts} attempts`);

function aboutNext(
  { address, attempts, dueAt }: RecipientState,
  { entry, now, nextHops, running }: WhyFacts,
): string[] {
  if (entry.held || running?.active) return [];
  if (dueAt <= now)
    return [
      `Next attempt: due since ${formatMoment(dueAt, now)}` +
        (running
          ? ', as soon as it has its turn and its next hop does not rest.'
          : ', at the start of the gateway.'),
    ];
  const pause =
    nextHops.routeOf(address).kind === 'local'
      ? 'the pause for local servers, about a minute'
      : `the pause after ${timesOf(attempts)}, which grows with each (queue.retryFirst to queue.retryMax)`;
  const reason =
    dueAt >= entry.expiresAt ? 'the last one, at expiry' : attempts === 0 ? 'put off by the gateway' : pause;
  return [`Next attempt ${formatMoment(dueAt, now)}: ${reason}.`];
}

function aboutNextHop(route: Route, name: string, { now, running }: WhyFacts): string[] {
  if (!running) return [];
  if (route.kind === 'local')
    return running.localServers
      .filter(
        ({ host, port, status }) =>
          (status === 'down' || status === 'probing') &&
          route.servers.some((s) => s.host === host && s.port === port),
      )
      .map((server) => aboutServer(server, now));
  const rest = running.restOf(name);
  return rest
    ? [
        `${name} rests until ${formatMoment(rest.until, now)} because none of its hosts could be reached: ` +
          `${formatReply(rest.reply)} ("mailpair queue retry ${name}" ends the rest).`,
      ]
    : [];
}

function aboutServer(
  { host, port, failures, lastFault, probeAt, status }: LocalServerState,
  now: number,
): string {
  const fault = lastFault === undefined ? '' : `, the last ${lastFault}`;
  const probe =
    status === 'probing' || probeAt === undefined
      ? 'is being tried again now'
      : probeAt <= now
        ? 'is tried again with the next message'
        : `is tried again in ${formatAge(probeAt - now)}`;
  return `Local server ${host}:${port} is down (failures in a row: ${failures}${fault}) and ${probe}.`;
}
