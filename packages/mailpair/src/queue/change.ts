/** `mailpair queue retry`, `queue hold` and `queue release`. */
import type { Answer, ReachedGateway } from '@mailpair/shared/api/reach-gateway';
import { findEntry, isDomain, roleHelp, roleOption, withQueues } from './access.ts';
import { expectOperands } from '../framework/verb.ts';
import type { Io, Verb, VerbArgs } from '../framework/verb.ts';

type Changed = Answer<'queue', 'hold'>;

const which = `ID may be shortened to as much of its beginning as is unique. DOMAIN is a recipient's domain, or the
name of a next hop as "mailpair status" shows it.`;

export const queueRetry: Verb = {
  usage: 'queue retry [ID|DOMAIN] [--role inbound|outbound]',
  options: roleOption,
  help: `
Makes messages due now and ends the rests of next hops that could not be reached. Held messages stay held.
When the gateway is stopped they are attempted at its start.
${which}

${roleHelp}

Examples:
  mailpair queue retry
  mailpair queue retry example.net

Exit: 0 done, 1 there is nothing to retry for ID or DOMAIN, 2 usage or fault.
`,
  run(args, io) {
    expectOperands(args, 0, 1);
    return change(args, io, 'retry', ({ changed, unchanged }) =>
      [
        `${messages(changed)} due now.`,
        ...(unchanged > 0 ? [`${messages(unchanged)} held: "mailpair queue release" lets them go.`] : []),
      ].join('\n'),
    );
  },
};

export const queueHold: Verb = {
  usage: 'queue hold ID|DOMAIN [--role inbound|outbound]',
  options: roleOption,
  help: `
An attempt in progress is completed, and none follows. Messages that arrive later are not held.
${which}

${roleHelp}

Examples:
  mailpair queue hold 01JDCK7M3N0000ABC
  mailpair queue hold example.net

Exit: 0 held, 1 there is nothing in the queue for ID or DOMAIN, 2 usage or fault.
`,
  run(args, io) {
    expectOperands(args, 1, 1);
    return change(args, io, 'hold', ({ changed, unchanged }) =>
      told(changed, 'held now', unchanged, 'held already'),
    );
  },
};

export const queueRelease: Verb = {
  usage: 'queue release ID|DOMAIN [--role inbound|outbound]',
  options: roleOption,
  help: `
Released messages are attempted when they are due; "mailpair queue retry" makes them due now.
${which}

${roleHelp}

Examples:
  mailpair queue release 01JDCK7M3N0000ABC
  mailpair queue release example.net && mailpair queue retry example.net

Exit: 0 released, 1 there is nothing in the queue for ID or DOMAIN, 2 usage or fault.
`,
  run(args, io) {
    expectOperands(args, 1, 1);
    return change(args, io, 'release', ({ changed, unchanged }) =>
      told(changed, 'released', unchanged, 'not held'),
    );
  },
};

async function change(
  args: VerbArgs,
  io: Io,
  verb: 'retry' | 'hold' | 'release',
  tell: (result: Changed) => string,
): Promise<number> {
  const [target] = args.operands;
  return withQueues(args, io, async (gateways) => {
    const chosen = await choose(gateways, target, io);
    if (!chosen) return 1;
    let [changed, unchanged] = [0, 0];
    for (const { queue } of chosen.gateways) {
      const result = await queue[verb](chosen.which);
      changed += result.changed;
      unchanged += result.unchanged;
    }
    if (target !== undefined && changed + unchanged === 0) {
      io.err(`Nothing in the queue is for ${target}.`);
      return 1;
    }
    io.out(args.json ? JSON.stringify({ changed, unchanged }) : tell({ changed, unchanged }));
    return 0;
  });
}

interface Chosen {
  readonly gateways: readonly ReachedGateway[];
  readonly which: { readonly all: true } | { readonly domain: string } | { readonly id: string };
}

async function choose(
  gateways: readonly ReachedGateway[],
  target: string | undefined,
  io: Io,
): Promise<Chosen | undefined> {
  if (target === undefined) return { gateways, which: { all: true } };
  if (isDomain(target)) return { gateways, which: { domain: target } };
  const found = await findEntry(gateways, target, io);
  return found && { gateways: [found.gateway], which: { id: found.id } };
}

const messages = (count: number): string => (count === 1 ? '1 message is' : `${count} messages are`);

const told = (changed: number, now: string, unchanged: number, already: string): string =>
  [
    ...(changed > 0 || unchanged === 0 ? [`${messages(changed)} ${now}.`] : []),
    ...(unchanged > 0 ? [`${messages(unchanged)} ${already}.`] : []),
  ].join('\n');
