/** `mailpair submitter hold`, `submitter release` and `submitter purge`. */
import type { ReachedGateway } from '@mailpair/shared/api/reach-gateway';
import { formatMoment } from '@mailpair/shared/platform/values/age';
import { visible } from '@mailpair/shared/platform/values/printable';
import { confirm, isSure, yesOption } from '../framework/confirm.ts';
import { pairHelp, pairRoleHelp, withPair } from '../framework/pair-access.ts';
import { roleOption } from '../queue/access.ts';
import { takers } from './access.ts';
import { unknown } from './list.ts';
import { formatSize } from '../framework/table.ts';
import {
  expectOperands,
  textOption,
  UsageError,
  type Io,
  type Verb,
  type VerbArgs,
} from '../framework/verb.ts';

const PER_MINUTE = 1_200;

export const submitterHold: Verb = {
  usage: 'submitter hold NAME [--role inbound|outbound]',
  options: roleOption,
  help: `
For an account that was taken over. Its mail is still accepted with 250, and waits until
"mailpair submitter release" or "mailpair submitter purge". No other submitter is held. NAME need not have sent before.
${pairHelp}

${pairRoleHelp}

Example:
  mailpair submitter hold anna

Exit: 0 held, 1 a gateway could not be asked, 2 usage or fault.
`,
  run(args, io) {
    const name = nameIn(args);
    return withPair(args, io, takers, async ({ asked, notAsked }) => {
      let held = 0;
      for (const { submitters } of asked) held += (await submitters.hold({ name })).held;
      tell(args, io, { name, held }, `${name} is held; ${messages(held)} of it in the queue held with it.`);
      return notAsked > 0 ? 1 : 0;
    });
  },
};

export const submitterRelease: Verb = {
  usage: 'submitter release NAME [--per-minute N] [--role inbound|outbound]',
  options: { ...roleOption, 'per-minute': { type: 'string' } },
  help: `
The counts of the submitter start at 0 again. Its held messages are sent in the order of arrival, spread over time.
Messages that were held by "mailpair queue hold" stay held.
${pairHelp}

  --per-minute N     the number of messages that are released in a minute; default ${PER_MINUTE}
${pairRoleHelp}

Examples:
  mailpair submitter release anna
  mailpair submitter release newsletter --per-minute 100

Exit: 0 released, 1 it is not known or a gateway could not be asked, 2 usage or fault.
`,
  run(args, io) {
    const name = nameIn(args);
    const perMinute = rateIn(args);
    return withPair(args, io, takers, async ({ asked, notAsked }) => {
      const chosen = await knowing(asked, name, io);
      if (chosen.length === 0) return 1;
      let released = 0;
      let lastAt = 0;
      for (const { submitters } of chosen) {
        const done = await submitters.release({ name, perMinute });
        released += done.released;
        lastAt = Math.max(lastAt, done.lastAt ?? 0);
      }
      const until = released > 1 ? `, the last ${formatMoment(lastAt, Date.now())}` : '';
      tell(args, io, { name, released }, `${name} is released; ${messages(released)} let go${until}.`);
      return notAsked > 0 ? 1 : 0;
    });
  },
};

export const submitterPurge: Verb = {
  usage: 'submitter purge NAME [--yes] [--role inbound|outbound]',
  options: { ...roleOption, ...yesOption },
  help: `
Asks for confirmation on a terminal; elsewhere --yes is required. No notice is sent, and the submitter stays held until it
is released. "mailpair queue export --submitter NAME" keeps copies.
${pairHelp}

  --yes              do not ask
${pairRoleHelp}

Example:
  mailpair submitter purge anna && mailpair submitter release anna

Exit: 0 dropped, 1 nothing is held for it, the answer was no, or a gateway could not be asked, 2 usage or fault.
`,
  run(args, io) {
    const name = nameIn(args);
    const sure = isSure(args, io);
    return withPair(args, io, takers, async ({ asked, notAsked }) => {
      if (!sure && !(await isMeant(asked, name, io))) return 1;
      let [removed, sizeBytes] = [0, 0];
      for (const { submitters } of asked) {
        const done = await submitters.purge({ name });
        removed += done.removed;
        sizeBytes += done.sizeBytes;
      }
      if (removed === 0) io.err(`Nothing is held for ${visible(name)}.`);
      else
        tell(
          args,
          io,
          { name, removed, sizeBytes },
          `Dropped ${messages(removed)} of ${name}, ${formatSize(sizeBytes)}.`,
        );
      return removed > 0 && notAsked === 0 ? 0 : 1;
    });
  },
};

async function isMeant(asked: readonly ReachedGateway[], name: string, io: Io): Promise<boolean> {
  let entries = 0;
  for (const { submitters } of asked) entries += (await submitters.show({ name }))?.waiting.entries ?? 0;
  if (entries === 0) {
    io.err(`Nothing is held for ${visible(name)}.`);
    return false;
  }
  if (await confirm(`Drop ${messages(entries)} of ${name} for good? No notice is sent. [y/N]`, io))
    return true;
  io.err('Nothing was dropped.');
  return false;
}

async function knowing(asked: readonly ReachedGateway[], name: string, io: Io): Promise<ReachedGateway[]> {
  const found: ReachedGateway[] = [];
  for (const each of asked) if (await each.submitters.show({ name })) found.push(each);
  if (found.length === 0) io.err(visible(unknown(name)));
  return found;
}

function nameIn(args: VerbArgs): string {
  expectOperands(args, 1, 1);
  return args.operands[0] ?? '';
}

function rateIn(args: VerbArgs): number {
  const text = textOption(args, 'per-minute') ?? String(PER_MINUTE);
  if (!/^[1-9]\d{0,5}$/.test(text))
    throw new UsageError(`--per-minute is a number from 1 to 999999, not ${text}`);
  return Number(text);
}

const tell = (args: VerbArgs, io: Io, data: object, text: string): void =>
  io.out(args.json ? JSON.stringify(data) : visible(text));

const messages = (count: number): string => (count === 1 ? '1 message' : `${count} messages`);
