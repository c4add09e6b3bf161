/** `mailpair quarantine show`: shows one message in quarantine and why it is there. */
import type { Quarantined } from '@mailpair/shared/platform/values/quarantined';
import { visible } from '@mailpair/shared/platform/values/printable';
import { decodeWords } from '@mailpair/shared/filter/mime/encoded-words';
import { formatMoment } from '@mailpair/shared/platform/values/age';
import { findQuarantined, withQuarantines } from './access.ts';
import { pairRoleHelp } from '../framework/pair-access.ts';
import { roleOption } from '../queue/access.ts';
import { formatSize } from '../framework/table.ts';
import { expectOperands } from '../framework/verb.ts';
import type { Verb } from '../framework/verb.ts';

export const quarantineShow: Verb = {
  usage: 'quarantine show ID [--message] [--role inbound|outbound]',
  options: { ...roleOption, message: { type: 'boolean' } },
  help: `
ID may be shortened to as much of its beginning as is unique. With --message the octets as they were
received, which may be dangerous to open. With --json the entry as it is stored, times as milliseconds
since the epoch.

  --message          the message itself, to stdout
${pairRoleHelp}

Examples:
  mailpair quarantine show 01JDCK7M3N0000ABC
  mailpair quarantine show --message 01JDCK7M > /root/suspect.eml

Exit: 0 shown, 1 there is no such message, 2 usage or fault.
`,
  run(args, io) {
    expectOperands(args, 1, 1);
    return withQuarantines(args, io, async (quarantines) => {
      const found = await findQuarantined(quarantines, args.operands[0] ?? '', io);
      if (!found) return 1;
      const { gateway, id } = found;
      const { quarantine, role, host } = gateway;
      if (args.options['message'] === true) {
        const octets = await quarantine.message({ id });
        if (!octets) return 1;
        for await (const chunk of octets as AsyncIterable<Buffer>) {
          io.octets(chunk);
          await io.taken();
        }
        return 0;
      }
      const entry = await quarantine.show({ id });
      if (!entry) return 1;
      io.out(
        args.json ? JSON.stringify({ role, host, ...entry }, null, 2) : describe(role, entry, Date.now()),
      );
      return 0;
    });
  },
};

function describe(role: string, entry: Quarantined, now: number): string {
  const { kept, origin, body } = entry;
  return [
    line('ID', `${entry.id} (${role})`),
    line('Received', formatMoment(entry.receivedAt, now)),
    line('Expires', formatMoment(entry.expiresAt, now)),
    line('Client', `${origin.helo} [${origin.client}]`),
    line('Sender', entry.reversePath === '' ? '<> (null reverse-path)' : entry.reversePath),
    line('From', decodeWords(kept.from) || '-'),
    line('Subject', decodeWords(kept.subject) || '-'),
    line('Message-ID', kept.messageId || '-'),
    line('Size', `${formatSize(body.sizeBytes)} (${body.sizeBytes} octets), SHA-256 ${body.sha256}`),
    ...entry.recipients.map(({ address }) => {
      const because = kept.reasons[address];
      return line('Kept from', `${address}: ${because ? `${because.reason} (score ${because.score})` : '-'}`);
    }),
  ].join('\n');
}

const line = (name: string, value: string): string => `${name.padEnd(12)}${visible(value)}`;
