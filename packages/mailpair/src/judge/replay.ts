/** `mailpair replay`: shows the verdicts of a changed configuration on messages that have been received. */
import { eachLine } from '@mailpair/shared/api/json-lines';
import { replayRecords, type Change, type Replayed } from '@mailpair/shared/api/replay';
import { decodeWords } from '@mailpair/shared/filter/mime/encoded-words';
import { parseDuration } from '@mailpair/shared/config/schema/units';
import { pairHelp, pairRoleHelp, withPair } from '../framework/pair-access.ts';
import { roleOption } from '../queue/access.ts';
import { shorten, Table, terminalWidth } from '../framework/table.ts';
import { expectOperands, textOption, UsageError } from '../framework/verb.ts';
import type { Io, Verb, VerbArgs } from '../framework/verb.ts';

export const replayVerb: Verb = {
  usage: 'replay [--since 7d] [--limit N] [--role inbound|outbound]',
  options: { ...roleOption, since: { type: 'string' }, limit: { type: 'string' } },
  help: `
Reads the records of messages (records.keep) and judges the facts again by the given configuration:
thresholds, policies, lists of senders, rules, scores. No server is asked and nothing is changed. There are
no facts of a new list or engine; to test one, use judge.mode: observe.
${pairHelp}

  --since AGE        how far back: 90m, 12h, 7d (7d)
  --limit N          changes that are listed, of each gateway (100); all are counted
${pairRoleHelp}

Examples:
  mailpair replay --config /root/mailpair-new.yaml
  mailpair replay --since 1d --set judge.rejectAt=8
  mailpair replay --json | jq -c 'select(.after.verdict == "reject")'

Exit: 0 nothing would change, 1 something would or a gateway could not be asked, 2 usage or fault.
`,
  run(args, io) {
    expectOperands(args, 0, 0);
    const ageMs = parseDuration(textOption(args, 'since') ?? '7d');
    if (ageMs === undefined) throw new UsageError('--since is an age such as 90m, 12h or 7d');
    const limit = textOption(args, 'limit') ?? '100';
    if (!/^\d{1,6}$/.test(limit)) throw new UsageError(`--limit is a number, not ${limit}`);
    return withPair(args, io, { needs: 'records' }, async ({ asked, notAsked, settings }) => {
      let changed = 0;
      for (const { role, host, records } of asked) {
        const since = Date.now() - ageMs;
        const replayed = await replayRecords(
          eachLine(await records.lines({ since })),
          settings,
          since,
          Number(limit),
        );
        changed += replayed.changes.length + replayed.more;
        tell({ role, host }, replayed, args, io);
      }
      return changed > 0 || notAsked > 0 ? 1 : 0;
    });
  },
};

interface Where {
  readonly role: string;
  readonly host: string;
}

function tell(where: Where, { judged, changes, more, totals }: Replayed, args: VerbArgs, io: Io): void {
  if (args.json) {
    for (const change of changes) io.out(JSON.stringify({ ...where, ...change }));
    if (more > 0) io.err(`${where.host}: ${more} more changes; --limit lists them.`);
    return;
  }
  const counts = Object.entries(totals).map(([what, count]) => `${what} ${count}`);
  io.out(
    `${where.host}: judged again for ${judged} recipients; ${counts.length > 0 ? counts.join(', ') : 'nothing would change'}.`,
  );
  if (changes.length === 0) return;
  const table = new Table(
    ['ID', 'BEFORE', 'AFTER', 'SENDER', 'RECIPIENT', 'SUBJECT', 'WHY'],
    terminalWidth(io),
  );
  io.out(table.format(changes.map(cellsOf)).join('\n'));
  if (more > 0) io.out(`… and ${more} more`);
}

const cellsOf = ({ id, before, after, reversePath, recipient, subject }: Change): string[] => [
  id ?? 'at RCPT',
  `${before.verdict} ${before.score}`,
  `${after.verdict} ${after.score}`,
  reversePath === '' ? '<>' : reversePath,
  recipient,
  shorten(decodeWords(subject), 30) || '-',
  after.reason,
];
