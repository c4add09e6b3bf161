/** `mailpair quarantine release` and `quarantine delete`. */
import type { ReachedGateway } from '@mailpair/shared/api/reach-gateway';
import { confirm, isSure, yesOption } from '../framework/confirm.ts';
import { findQuarantined, withQuarantines, type FoundQuarantined } from './access.ts';
import { pairRoleHelp } from '../framework/pair-access.ts';
import { roleOption } from '../queue/access.ts';
import { expectOperands, textOption } from '../framework/verb.ts';
import type { Io, Verb, VerbArgs } from '../framework/verb.ts';

const options = { ...roleOption, to: { type: 'string' } } as const;

const about = `ID may be shortened to as much of its beginning as is unique. Several are done one after the other.

  --to A             for recipient A alone; @example.com is a whole domain. Without it for all
${pairRoleHelp}`;

export const quarantineRelease: Verb = {
  usage: 'quarantine release ID… [--to A] [--role inbound|outbound]',
  options,
  help: `
Puts the message as it was received into the queue; it is not checked again. It is attempted at once,
or at the start of a stopped gateway. If the recipient does not exist, the sender gets no bounce.
${about}

Examples:
  mailpair quarantine release 01JDCK7M3N0000ABC
  mailpair quarantine release 01JDCK7M --to anna@example.com

Exit: 0 released, 1 there is no such message, or it is not kept from A; 2 usage or fault.
`,
  run: (args, io) =>
    changeEach(args, io, async ({ quarantine }, id, to) => {
      const result = await quarantine.release({ id, to });
      if (!result || result.queuedAs === null) return undefined;
      const { released, queuedAs } = result;
      return {
        json: { id, released, queuedAs },
        text: `Released ${id} to ${released.join(', ')}; queued as ${queuedAs}.`,
      };
    }),
};

export const quarantineDelete: Verb = {
  usage: 'quarantine delete ID… [--to A] [--yes] [--role inbound|outbound]',
  options: { ...options, ...yesOption },
  help: `
Asks for confirmation on a terminal; elsewhere --yes is required. This cannot be undone; "mailpair quarantine show --message"
makes a copy.
${about}
  --yes              do not ask

Examples:
  mailpair quarantine delete 01JDCK7M3N0000ABC
  mailpair quarantine list --json --sender @spam.example | jq -r .id | xargs mailpair quarantine delete --yes

Exit: 0 deleted, 1 there is no such message, it is not kept from A, or the answer was no; 2 usage or fault.
`,
  run(args, io) {
    const sure = isSure(args, io);
    const remove: Change = async ({ quarantine }, id, to) => {
      const { removed = [] } = (await quarantine.remove({ id, to })) ?? {};
      if (removed.length === 0) return undefined;
      return { json: { id, removed }, text: `Deleted ${id} for ${removed.join(', ')}.` };
    };
    return changeEach(args, io, remove, async (ids, to) => {
      const what = `${ids.join(', ')}${to === undefined ? '' : ` for ${to}`}`;
      if (sure || (await confirm(`Delete ${what} for good? No notice is sent. [y/N]`, io))) return true;
      io.err('Nothing was deleted.');
      return false;
    });
  },
};

type Change = (
  gateway: ReachedGateway,
  id: string,
  to: string | undefined,
) => Promise<{ readonly json: object; readonly text: string } | undefined>;

async function changeEach(
  args: VerbArgs,
  io: Io,
  change: Change,
  isMeant: (ids: readonly string[], to: string | undefined) => Promise<boolean> = () => Promise.resolve(true),
): Promise<number> {
  expectOperands(args, 1, Infinity);
  const to = textOption(args, 'to');
  return withQuarantines(args, io, async (quarantines) => {
    const found: FoundQuarantined[] = [];
    for (const operand of args.operands)
      found.push(...asList(await findQuarantined(quarantines, operand, io)));
    let code = found.length === args.operands.length ? 0 : 1;
    const ids = found.map(({ id }) => id);
    if (found.length === 0 || !(await isMeant(ids, to))) return 1;
    for (const { gateway, id } of found) {
      const done = await change(gateway, id, to);
      if (done) io.out(args.json ? JSON.stringify(done.json) : done.text);
      else {
        code = 1;
        io.err(`${id} is not kept${to === undefined ? ' any more' : ` from ${to}`}.`);
      }
    }
    return code;
  });
}

const asList = <T>(value: T | undefined): T[] => (value === undefined ? [] : [value]);
