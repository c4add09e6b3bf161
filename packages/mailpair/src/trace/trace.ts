/** `mailpair trace`: shows what happened to a message, stage by stage, as recorded by both gateways. */
import { pairRoleHelp, withPair } from '../framework/pair-access.ts';
import { roleOption } from '../queue/access.ts';
import { terminalWidth } from '../framework/table.ts';
import { describeTrace, type FoundTrace } from './text.ts';
import { expectOperands, textOption, UsageError } from '../framework/verb.ts';
import type { Io, Verb, VerbArgs } from '../framework/verb.ts';

export const traceVerb: Verb = {
  usage: 'trace ID|MESSAGE-ID|ADDRESS [--limit N] [--full] [--role inbound|outbound]',
  options: { ...roleOption, limit: { type: 'string' }, full: { type: 'boolean' } },
  help: `
Asks both gateways; one of this host also while it is stopped. ID is that of the log, of a reply or of
the queue. ADDRESS is a sender or a recipient, @example.com a whole domain; recipients that were
refused at RCPT are shown too. The keys records.keep
and records.maxSize define how long records are kept.

  --limit N          the N newest of each gateway (10)
  --full             facts in full; with --json they always are
${pairRoleHelp}

Examples:
  mailpair trace 01JDCK7M3N0000ABC
  mailpair trace '<20261125.1234@sender.example>'
  mailpair trace --json anna@example.com | jq '.traces[].message.judgements'

Exit: 0 found, 1 nothing is known of it, or a gateway could not be asked; 2 usage or fault.
`,
  async run(args, io) {
    expectOperands(args, 1, 1);
    const [about = ''] = args.operands;
    if (about.length < 3) throw new UsageError(`${about} is no id, Message-ID or address`);
    const { traces, notAsked } = await find(about, args, io);
    if (args.json) io.out(JSON.stringify({ traces }, null, 2));
    else if (traces.length > 0)
      io.out(traces.map((trace) => describeTrace(trace, viewOf(args, io))).join('\n\n'));
    if (traces.length === 0)
      io.err(`Nothing is known of ${about}${notAsked > 0 ? ' as far as could be asked' : ''}.`);
    return traces.length > 0 && notAsked === 0 ? 0 : 1;
  },
};

const viewOf = (args: VerbArgs, io: Io): { now: number; full: boolean; width: number | undefined } => ({
  now: Date.now(),
  full: args.options['full'] === true,
  width: terminalWidth(io),
});

function find(
  about: string,
  args: VerbArgs,
  io: Io,
): Promise<{ readonly traces: FoundTrace[]; readonly notAsked: number }> {
  const limit = textOption(args, 'limit') ?? '10';
  if (!/^[1-9]\d{0,2}$/.test(limit)) throw new UsageError(`--limit is a number up to 999, not ${limit}`);
  return withPair(args, io, { needs: 'traces' }, async ({ asked, notAsked }) => {
    const traces: FoundTrace[] = [];
    for (const { role, host, traces: of } of asked) {
      const found = await of.find({ about, limit: Number(limit) });
      traces.push(...found.traces.map((trace) => ({ role, host, ...trace })));
    }
    return { traces, notAsked };
  });
}
