/** `mailpair submitter list` and `submitter show`: the submitters, their counts, and whose mail is held. */
import type { Answer, ReachedGateway } from '@mailpair/shared/api/reach-gateway';
import { formatAge, formatMoment } from '@mailpair/shared/platform/values/age';
import { visible } from '@mailpair/shared/platform/values/printable';
import { limitNames, type LimitName } from '@mailpair/shared/platform/values/submitter';
import { pairHelp, pairRoleHelp, withPair } from '../framework/pair-access.ts';
import { roleOption } from '../queue/access.ts';
import { takers } from './access.ts';
import { formatSize, Table, terminalWidth } from '../framework/table.ts';
import { expectOperands, type Verb } from '../framework/verb.ts';

type SubmitterView = Answer<'submitters', 'list'>['submitters'][number];

const SHOWN = 30;

export const submitterList: Verb = {
  usage: 'submitter list [--all] [--role inbound|outbound]',
  options: { ...roleOption, all: { type: 'boolean' } },
  help: `
A submitter is a user with a password, a sender at a trusted host (by the reverse-path), or the host.
Held submitters come first, then those nearest to a limit. Each gateway counts what it accepted itself.
${pairHelp}

  --all              all that have sent within a day, not only the first ${SHOWN}
${pairRoleHelp}

Examples:
  mailpair submitter list
  mailpair submitter list --all --json | jq -r '.submitters[] | select(.held) | .name'

Exit: 0 listed, also when there was nobody to list; 1 a gateway could not be asked; 2 usage or fault.
`,
  run(args, io) {
    expectOperands(args, 0, 0);
    return withPair(args, io, takers, async ({ asked, notAsked }) => {
      const found = (await eachOf(asked)).toSorted((a, b) => rankOf(b) - rankOf(a));
      const shown = args.options['all'] === true ? found : found.slice(0, SHOWN);
      if (args.json) io.out(JSON.stringify({ submitters: shown }, null, 2));
      else if (found.length === 0) io.err('No submitter has sent within a day, and nothing is held.');
      else io.out(tableOf(shown, asked.length > 1, terminalWidth(io)).join('\n'));
      if (shown.length < found.length) io.err(`${found.length - shown.length} more: --all shows them.`);
      return notAsked > 0 ? 1 : 0;
    });
  },
};

export const submitterShow: Verb = {
  usage: 'submitter show NAME [--role inbound|outbound]',
  options: roleOption,
  help: `
NAME is as "mailpair submitter list" shows it. "mailpair queue list --held --submitter NAME"
lists the held messages, and "mailpair queue show ID" shows one of them.

${pairRoleHelp}

Examples:
  mailpair submitter show anna
  mailpair submitter show anna@example.com --json

Exit: 0 shown, 1 it is not known or a gateway could not be asked, 2 usage or fault.
`,
  run(args, io) {
    expectOperands(args, 1, 1);
    const [name = ''] = args.operands;
    return withPair(args, io, takers, async ({ asked, notAsked }) => {
      const found: Shown[] = [];
      for (const { role, host, submitters } of asked) {
        const view = await submitters.show({ name });
        if (view) found.push({ role, host, ...view });
      }
      if (found.length === 0) {
        io.err(unknown(name));
        return 1;
      }
      io.out(
        args.json
          ? JSON.stringify({ submitters: found }, null, 2)
          : found.map((shown) => describe(shown, Date.now())).join('\n\n'),
      );
      return notAsked > 0 ? 1 : 0;
    });
  },
};

export const unknown = (name: string): string =>
  `${name} is no submitter that has sent within a day or has mail held: "mailpair submitter list --all" shows them.`;

type Shown = SubmitterView & Pick<ReachedGateway, 'role' | 'host'>;

async function eachOf(asked: readonly ReachedGateway[]): Promise<Shown[]> {
  const lists = [];
  for (const { role, host, submitters } of asked)
    lists.push((await submitters.list()).submitters.map((view) => ({ role, host, ...view })));
  return lists.flat();
}

/**
 * Held submitters first, then those with held mail, then by the greatest fraction of a limit that is used.
 */
function rankOf({ held, waiting, counts, limits }: SubmitterView): number {
  const nearness = limitNames.map((name) => (limits[name] > 0 ? counts[name] / limits[name] : 0));
  return (held ? 2e9 : 0) + (waiting.entries > 0 ? 1e9 : 0) + Math.max(...nearness);
}

const heads = ['NAME', 'MINUTE', 'HOUR', 'DAY', 'RCPT HOUR', 'RCPT DAY', 'UNKNOWN', 'WAITING', 'HELD'];

function tableOf(shown: readonly Shown[], several: boolean, width: number | undefined): string[] {
  return new Table(several ? ['GATEWAY', ...heads] : heads, width).format(
    shown.map((view) => [
      ...(several ? [view.host] : []),
      view.name,
      ...limitNames.map((name) => share(view, name)),
      String(view.waiting.entries),
      view.held ? `${formatAge(Date.now() - view.held.since)}: ${view.held.reason}` : '-',
    ]),
  );
}

const share = ({ counts, limits }: SubmitterView, name: LimitName): string =>
  limits[name] > 0 ? `${counts[name]}/${limits[name]}` : String(counts[name]);

function describe(view: Shown, now: number): string {
  const { name, host, held, waiting, counts, limits, lastAt } = view;
  const state = held ? `HELD since ${formatMoment(held.since, now)}: ${held.reason}` : 'not held';
  return [
    `${name} at ${host}: ${state}`,
    ...(lastAt > 0 ? [`  last message ${formatMoment(lastAt, now)}`] : []),
    ...limitNames.map(
      (limit) => `  ${limit} ${counts[limit]}${limits[limit] > 0 ? ` of ${limits[limit]}` : ', no limit'}`,
    ),
    waiting.entries === 0
      ? '  nothing of it waits'
      : `  waiting: ${waiting.entries} messages, ${formatSize(waiting.sizeBytes)}, ` +
        `the oldest received ${formatMoment(waiting.oldestAt ?? now, now)}`,
    ...(held || waiting.entries > 0
      ? [
          `  "mailpair submitter release ${name}" lets it go, "mailpair submitter purge ${name}" drops what waits`,
        ]
      : []),
  ]
    .map(visible)
    .join('\n');
}
