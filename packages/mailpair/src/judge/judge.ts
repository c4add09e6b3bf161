/** `mailpair judge`: shows the verdict on a message in a file, and the reasons. */
import { readFileSync } from 'node:fs';
import { judgeFile, type JudgedFile, type MessageInFile } from '@mailpair/shared/api/judge-file';
import { roleNames } from '@mailpair/shared/platform/values/role-name';
import { isAddress, normaliseAddress } from '@mailpair/shared/platform/network/addresses';
import { silentLog, type Log } from '@mailpair/shared/platform/log/log';
import { visible } from '@mailpair/shared/platform/values/printable';
import { formatReply } from '@mailpair/shared/platform/values/reply';
import { settingsForSpools } from '../framework/spool-access.ts';
import { terminalWidth } from '../framework/table.ts';
import { describeJudged } from '../trace/text.ts';
import { choiceOption, expectOperands, textOption, UsageError } from '../framework/verb.ts';
import type { Io, Verb, VerbArgs } from '../framework/verb.ts';

const words = ['mx', 'submission'] as const;

export const judgeVerb: Verb = {
  usage:
    'judge FILE|- --client IP --to A… [--from A] [--helo NAME] [--tls] [--listener mx|submission] [--full]',
  options: {
    client: { type: 'string' },
    helo: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string', multiple: true },
    tls: { type: 'boolean' },
    listener: { type: 'string' },
    full: { type: 'boolean' },
    role: { type: 'string' },
  },
  help: `
DNS and engines are asked as for received mail, with the configuration in the file. Data in the spool
directory of a gateway is read if it is on this host. The greylist, rates and limits are not asked.

  --client IP        the address of the client
  --to A             a recipient; may be given several times
  --from A           the reverse-path; without it the null one
  --helo NAME        the EHLO name of the client; without it its address in brackets
  --tls              it came over TLS
  --listener L       mx (mail from the internet) or submission
  --role ROLE        the gateway that takes it, inbound or outbound
  --full             facts in full; with --json they always are

Examples:
  mailpair judge suspect.eml --client 192.0.2.7 --helo mail.sender.example --from a@sender.example --to anna@example.com
  mailpair judge --json - --client 192.0.2.7 --to anna@example.com < suspect.eml | jq .record.findings

Exit: 0 it would be accepted and delivered for all recipients; 1 it would not; 2 usage or fault.
`,
  async run(args, io) {
    expectOperands(args, 1, 1);
    const message = await messageIn(args, io); // before root gives up its permission to read the file
    const judged = await judgeFile(message, settingsForSpools(args, io, message.role), logTo(io));
    if (args.json) io.out(JSON.stringify(judged, null, 2));
    else
      io.out(
        [
          ...judged.refusedAtRcpt.map(({ recipient, reply }) =>
            visible(`RCPT ${recipient}: ${formatReply(reply)}`),
          ),
          describeJudged(judged.record, {
            now: Date.now(),
            full: args.options['full'] === true,
            width: terminalWidth(io),
          }),
        ].join('\n'),
      );
    return goesOn(judged) ? 0 : 1;
  },
};

const goesOn = ({ record, refusedAtRcpt }: JudgedFile): boolean =>
  refusedAtRcpt.length === 0 &&
  record.judgements.every(({ verdict, done }) => ['accept', 'tag'].includes(done ?? verdict.kind));

async function messageIn(args: VerbArgs, io: Io): Promise<MessageInFile> {
  const client = textOption(args, 'client') ?? '';
  if (!isAddress(client)) throw new UsageError('--client is the address of the client: --client 192.0.2.7');
  const to = [args.options['to'] ?? []].flat().map(String);
  if (to.length === 0) throw new UsageError('a recipient is missing: --to anna@example.com');
  const address = normaliseAddress(client);
  return {
    octets: withCrlf(await octetsOf(args.operands[0] ?? '', io)),
    client: address,
    helo: textOption(args, 'helo') ?? (address.includes(':') ? `[IPv6:${address}]` : `[${address}]`),
    from: (textOption(args, 'from') ?? '').replace(/^<(.*)>$/, '$1'),
    to,
    tls: args.options['tls'] === true,
    listener: choiceOption(args, 'listener', words) ?? 'mx',
    role: choiceOption(args, 'role', roleNames) ?? 'inbound',
  };
}

async function octetsOf(path: string, io: Io): Promise<Buffer> {
  if (path !== '-') return readFileSync(path);
  const chunks: Buffer[] = [];
  for await (const chunk of io.stdin as AsyncIterable<Buffer | string>) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** Files have the line ends of their system; messages have CRLF. */
const withCrlf = (octets: Buffer): Buffer =>
  Buffer.from(octets.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1');

/** Writes warnings and errors to stderr. */
const logTo = (io: Io): Log => ({
  ...silentLog,
  warn: (event, fields) => io.err(`${event} ${JSON.stringify(fields ?? {})}`),
  error: (event, fields) => io.err(`${event} ${JSON.stringify(fields ?? {})}`),
});
