/**
 * Opens the gateways for the ban verbs. The gateways share their bans, and each is queried, local or remote.
 */
import type { Answer, ReachedGateway } from '@mailpair/shared/api/reach-gateway';
import { parseNetwork } from '@mailpair/shared/platform/network/addresses';
import { formatAge } from '@mailpair/shared/platform/values/age';
import { withPair } from '../framework/pair-access.ts';
import { Table, terminalWidth } from '../framework/table.ts';
import { UsageError, type Io, type VerbArgs } from '../framework/verb.ts';

type Ban = Answer<'bans', 'list'>['bans'][number];

/**
 * Calls `use` for each reachable gateway and reports the others on stderr.
 *
 * @throws if no gateway is reachable
 */
export function withBans<T>(
  args: VerbArgs,
  io: Io,
  ask: (bans: ReachedGateway['bans']) => Promise<T>,
): Promise<{ readonly answers: readonly T[]; readonly notAsked: number }> {
  return withPair(args, io, { needs: 'bans' }, async ({ asked, notAsked }) => {
    const answers: T[] = [];
    for (const { bans } of asked) answers.push(await ask(bans));
    return { answers, notAsked };
  });
}

/** The operand, which must be an address or a network. */
export function networkOperand({ operands }: VerbArgs): string {
  const [text = ''] = operands;
  if (!parseNetwork(text)) throw new UsageError(`${text} is neither an address nor a network, 192.0.2.0/24`);
  return text;
}

/** Merges the lists: each network once with its latest end, sorted by start, latest first. */
export function together(lists: readonly (readonly Ban[])[]): Ban[] {
  const bans = new Map<string, Ban>();
  for (const ban of lists.flat()) {
    const known = bans.get(ban.network);
    if (!known || known.until < ban.until) bans.set(ban.network, ban);
  }
  return [...bans.values()].sort((a, b) => b.since - a.since);
}

export function tableOfBans(bans: readonly Ban[], now: number, io: Io): string {
  const table = new Table(['NETWORK', 'SINCE', 'ENDS', 'BY', 'TIMES', 'REASON'], terminalWidth(io));
  return table
    .format(
      bans.map(({ network, since, until, by, times, reason }) => [
        network,
        `${formatAge(now - since)} ago`,
        `in ${formatAge(until - now)}`,
        by,
        String(times),
        reason,
      ]),
    )
    .join('\n');
}
