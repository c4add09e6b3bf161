/** Texts about a gateway that is drained. Pure. */
import type { Answer } from '@mailpair/shared/api/reach-gateway';
import type { QueueItem } from '@mailpair/shared/api/queue-item';
import { isClosed, type Drain } from '@mailpair/shared/gateway/pair/drain';
import { formatAge, formatMoment } from '@mailpair/shared/platform/values/age';
import { visible } from '@mailpair/shared/platform/values/printable';
import { formatReply } from '@mailpair/shared/platform/values/reply';

type GatewayStatus = Answer<'status', 'show'>;

/** The maximum number of messages that are listed individually. */
export const MOST_LISTED = 20;

/** A gateway that is drained, or was drained when its status was read. */
export interface DrainedGateway {
  readonly role: string;
  readonly host: string;
  readonly status: Pick<GatewayStatus, 'drain' | 'sessions' | 'queue' | 'running'>;
}

/**
 * Whether no session is open, no new client is accepted, and every message that can be delivered now has
 * been.
 */
export const isSafeToStop = ({ drain, sessions, queue }: DrainedGateway['status'], now: number): boolean =>
  Boolean(drain && isClosed(drain, now)) && sessions === 0 && queue.active === 0 && queue.due !== true;

/** The first lines of `mailpair status`. */
export function describeDrains(gateways: readonly DrainedGateway[], now: number): string[] {
  return gateways
    .filter(({ status }) => status.drain)
    .map(({ role, host, status: { drain, running } }) => {
      const doing = running ? `out of service, ${listenersOf(drain!, now)}` : 'out of service when it starts';
      return visible(`DRAINED: ${role} ${host} is ${doing}; ${endOf(drain!, now)}`);
    });
}

const listenersOf = ({ closesAt }: Drain, now: number): string =>
  closesAt <= now ? 'its listeners are closed' : `its listeners close in ${formatAge(closesAt - now)}`;

const endOf = ({ until }: Drain, now: number): string =>
  until === null
    ? 'until "mailpair undrain"'
    : `until ${formatMoment(until, now)}, or "mailpair undrain" before that`;

/** One line of progress for the operator. */
export function describeProgress({ role, host, status }: DrainedGateway, now: number): string {
  const { drain, sessions, queue } = status;
  const listeners = drain ? listenersOf(drain, now) : 'it is in service again';
  const waiting = queue.due ? 'more is due' : 'no more is due';
  const counts = `sessions ${sessions}, messages under way ${queue.active}, ${waiting}, in the queue ${queue.entries}`;
  return `${role} ${host}: ${listeners}; ${counts}`;
}

/**
 * The text which states that the gateway is safe to stop.
 *
 * @param items the first of the messages that remain on disk
 */
export function describeSafe(
  { role, host, status: { queue } }: DrainedGateway,
  items: readonly QueueItem[],
  now: number,
): string {
  const { entries } = queue;
  const lines = [`${role} ${host}: safe to stop`];
  if (entries === 0) return lines[0]!;
  lines.push(
    `  ${entries === 1 ? '1 message stays' : `${entries} messages stay`} on disk, deferred or held, until it is started again:`,
    ...items.slice(0, MOST_LISTED).map((item) => `  ${itemText(item, now)}`),
  );
  if (entries > MOST_LISTED) lines.push(`  and ${entries - MOST_LISTED} more: see "mailpair queue list"`);
  return lines.map(visible).join('\n');
}

function itemText({ id, state, dueAt, recipients, last }: QueueItem, now: number): string {
  const more = recipients.length > 1 ? ` and ${recipients.length - 1} more` : '';
  const next =
    state === 'held'
      ? 'held'
      : dueAt === null || dueAt <= now
        ? 'next now'
        : `next in ${formatAge(dueAt - now)}`;
  return `${id} to ${recipients[0] ?? '-'}${more}: ${next}${last ? `, ${formatReply(last.reply)}` : ''}`;
}
