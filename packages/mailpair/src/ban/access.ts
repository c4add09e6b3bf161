/** How the ban verbs find the gateways, which share their bans: each is asked, wherever it runs. */
import type { Answer, ReachedGateway } from '@mailpair/shared/api/reach-gateway';
import { parseNetwork } from '@mailpair/shared/platform/network/addresses';
import { formatAge } from '@mailpair/shared/platform/values/age';
import { withPair } from '../framework/pair-access.ts';
import { Table, terminalWidth } from '../framework/table.ts';
import { UsageError, type Io, type VerbArgs } from '../framework/verb.ts';

type Ban = Answer<'bans', 'list'>['bans'][number];

/** Does it with each gateway that can be asked; stderr is told of the others. @throws when none can be */
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

/** The operand, when it is an address or a network. */
export function networkOperand({ operands }: VerbArgs): string {
  const [text = ''] = operands;
  if (!parseNetwork(text)) throw new UsageError(`${text} is neither an address nor a network, 192.0.2.0/24`);
  return text;
}

/** Each once, whichever gateways know of it: as it ends last. The latest first. */
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
