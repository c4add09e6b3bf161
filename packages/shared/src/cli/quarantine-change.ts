/** `mailpair quarantine release` and `quarantine delete`. */
import type { QuarantineControl } from '../control/quarantine-control.ts';
import { findQuarantined, withQuarantines } from './quarantine-access.ts';
import { pairRoleHelp } from './pair-access.ts';
import { roleOption } from './queue-access.ts';
import { expectOperands, textOption } from './verb.ts';
import type { Io, Verb, VerbArgs } from './verb.ts';

const options = { ...roleOption, to: { type: 'string' } } as const;

const about = `ID may be shortened to as much of its beginning as is unique. Several are done one after the other.

  --to A             for recipient A alone; @example.com is a whole domain. Without it for all
${pairRoleHelp}`;

export const quarantineRelease: Verb = {
  name: 'quarantine release',
  summary: 'let messages in quarantine go on to their recipients',
  usage: 'quarantine release ID… [--to A] [--role inbound|outbound]',
  options,
  help: `
Puts the octets as they were received into the queue; no check sees them again. They are attempted at
once, or at the start of a gateway that is stopped. Should the recipient not exist, its sender is not told.
${about}

Examples:
  mailpair quarantine release 01JDCK7M3N0000ABC
  mailpair quarantine release 01JDCK7M --to anna@example.com

Exit: 0 released, 1 there is no such message, or it is not kept from A; 2 usage or fault.
`,
  run: (args, io) =>
    changeEach(args, io, async (quarantine, id, to) => {
      const result = await quarantine.release(id, to);
      if (!result || result.queuedAs === null) return undefined;
      const { released, queuedAs } = result;
      return {
        json: { id, released, queuedAs },
        text: `Released ${id} to ${released.join(', ')}; queued as ${queuedAs}.`,
      };
    }),
};

export const quarantineDelete: Verb = {
  name: 'quarantine delete',
  summary: 'delete messages in quarantine; nobody is told',
  usage: 'quarantine delete ID… [--to A] [--role inbound|outbound]',
  options,
  help: `
There is no way back: "mailpair quarantine show --message" makes a copy first.
${about}

Examples:
  mailpair quarantine delete 01JDCK7M3N0000ABC
  mailpair quarantine list --json --sender @spam.example | jq -r .id | xargs mailpair quarantine delete

Exit: 0 deleted, 1 there is no such message, or it is not kept from A; 2 usage or fault.
`,
  run: (args, io) =>
    changeEach(args, io, async (quarantine, id, to) => {
      const { removed = [] } = (await quarantine.remove(id, to)) ?? {};
      if (removed.length === 0) return undefined;
      return { json: { id, removed }, text: `Deleted ${id} for ${removed.join(', ')}.` };
    }),
};

async function changeEach(
  args: VerbArgs,
  io: Io,
  change: (
    quarantine: QuarantineControl,
    id: string,
    to: string | undefined,
  ) => Promise<{ readonly json: object; readonly text: string } | undefined>,
): Promise<number> {
  expectOperands(args, 1, Infinity);
  const to = textOption(args, 'to');
  return withQuarantines(args, io, async (quarantines) => {
    let code = 0;
    for (const operand of args.operands) {
      const found = await findQuarantined(quarantines, operand, io);
      const done = found && (await change(found.quarantine, found.id, to));
      if (done) io.out(args.json ? JSON.stringify(done.json) : done.text);
      else code = 1;
      if (found && !done) io.err(`${found.id} is not kept${to === undefined ? ' any more' : ` from ${to}`}.`);
    }
    return code;
  });
}
