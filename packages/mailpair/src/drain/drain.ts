/**
 * `mailpair drain`: takes the gateways of this host out of service and reports when they are safe to stop.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { GatewayRefusal } from '@mailpair/shared/platform/http/api-caller';
import type { ReachedGateway } from '@mailpair/shared/api/reach-gateway';
import type { QueueItem } from '@mailpair/shared/api/queue-item';
import type { RoleName } from '@mailpair/shared/platform/values/role-name';
import { LONGEST_DRAIN_MS, nameOfNode } from '@mailpair/shared/gateway/pair/drain';
import { formatDuration, parseDuration } from '@mailpair/shared/config/schema/units';
import { formatMoment } from '@mailpair/shared/platform/values/age';
import { gatewaysHere } from './access.ts';
import { describeProgress, describeSafe, isSafeToStop, MOST_LISTED, type DrainedGateway } from './text.ts';
import { interruptible } from '../framework/interruptible.ts';
import { pagesOf, roleHelp, roleOption } from '../queue/access.ts';
import {
  expectOperands,
  textOption,
  UsageError,
  type Io,
  type Verb,
  type VerbArgs,
} from '../framework/verb.ts';

const LOOK_MS = 1_000;
/** The maximum time in ms between two progress lines. */
const TELL_MS = 15_000;

type Drained = Awaited<ReturnType<ReachedGateway['drain']['begin']>>;

interface Wish {
  readonly forMs?: number;
  readonly closeAfterMs?: number;
  readonly force: boolean;
}

export const drainVerb: Verb = {
  usage: 'drain [--for TIME] [--close-after TIME] [--force] [--no-wait] [--role inbound|outbound]',
  options: {
    ...roleOption,
    for: { type: 'string' },
    'close-after': { type: 'string' },
    force: { type: 'boolean' },
    'no-wait': { type: 'boolean' },
  },
  help: `
The agent reports "drain" to HAProxy and a fault to keepalived, dns-rr withdraws the addresses, and the partners send no
clients here, all at once. Clients that still connect are served until all listeners close after drain.closeAfter.
Half a minute later the remaining sessions are ended between two messages (421). The queue still runs:
messages that are due are delivered. Then the command reports "safe to stop", and lists what stays on disk.

The command waits for that and reports its progress on stderr. Ctrl-C ends the waiting but not the
drain; run "mailpair drain" again to continue waiting. The drain survives restarts, until "mailpair undrain"
or the end of --for, and is the first line of "mailpair status". While outbound is drained, the local
servers keep the mail that they relay through it, unless there is another outbound node.

It is refused when no other node of the pair would take mail.

  --for TIME         it ends by itself: 30m, 12h; at most ${formatDuration(LONGEST_DRAIN_MS)}
  --close-after TIME how long the listeners stay open, in place of drain.closeAfter
  --force            drain the last node too
  --no-wait          do not wait until it is safe to stop
${roleHelp}

With --json: {"gateways": [{"role", "host", "safeToStop", "status", "left"}]} at the end; left are the nodes that still
accept mail, and what stays in the queue is shown by "mailpair queue list --json".

Examples:
  mailpair drain && systemctl stop mailpair-inbound
  mailpair drain --for 30m --no-wait
  mailpair undrain

Exit: 0 safe to stop, or drained with --no-wait; 1 it was refused, a gateway is stopped, or the drain or the waiting
was ended before it was safe; 2 usage or fault.
`,
  async run(args, io) {
    expectOperands(args, 0, 0);
    const wish = wishOf(args);
    const gateways = await running(args, io);
    if (!gateways) return 1;
    const drained = await drainAll(gateways, wish, io);
    if (!drained) return 1;
    const code =
      args.options['no-wait'] === true
        ? 0
        : await interruptible((signal) => wait(gateways, args, io, signal));
    if (args.json) io.out(JSON.stringify({ gateways: await reports(gateways, drained) }, null, 2));
    return code;
  },
};

function wishOf(args: VerbArgs): Wish {
  const [forMs, closeAfterMs] = [timeOf(args, 'for', 1), timeOf(args, 'close-after', 0)];
  return {
    ...(forMs !== undefined && { forMs }),
    ...(closeAfterMs !== undefined && { closeAfterMs }),
    force: args.options['force'] === true,
  };
}

function timeOf(args: VerbArgs, name: string, least: number): number | undefined {
  const text = textOption(args, name);
  if (text === undefined) return undefined;
  const ms = parseDuration(text);
  if (ms === undefined || ms < least || ms > LONGEST_DRAIN_MS)
    throw new UsageError(
      `--${name} is a time like 90s, 30m or 12h, at most ${formatDuration(LONGEST_DRAIN_MS)}, not ${text}`,
    );
  return ms;
}

/**
 * Undefined, with a message on stderr, if a gateway is stopped: it would start in the drained state, which is
 * not what the operator asked for.
 */
async function running(args: VerbArgs, io: Io): Promise<ReachedGateway[] | undefined> {
  const found: ReachedGateway[] = [];
  for (const { role, gateway } of await gatewaysHere(args, io)) {
    if (!gateway) {
      io.err(`${role} does not run, so there is nothing to drain. Name another gateway with --role.`);
      return undefined;
    }
    found.push({ ...gateway, host: (await gateway.status.show()).host });
  }
  return found;
}

/** Undefined, with a message on stderr, if a gateway refuses. */
async function drainAll(
  gateways: readonly ReachedGateway[],
  wish: Wish,
  io: Io,
): Promise<Drained[] | undefined> {
  const drained: Drained[] = [];
  for (const { role, host, drain } of gateways) {
    const together = gateways
      .filter((other) => other.role !== role)
      .map(asNode)
      .map(nameOfNode);
    try {
      const done = await drain.begin({ ...wish, together: together.join(',') });
      drained.push(done);
      io.err(`${role} ${host}: ${beginning(role, done)}`);
    } catch (error) {
      if (!(error instanceof GatewayRefusal) || error.status !== 409) throw error;
      io.err(
        `${role} ${host} is not drained: ${error.message.replace(/^.* says 409: /, '')}. "mailpair drain --force" drains it anyway.`,
      );
      return undefined;
    }
  }
  return drained;
}

const asNode = ({ role, host }: ReachedGateway) => ({ role, node: host });

function beginning(role: RoleName, { drain, left }: Drained): string {
  const end =
    drain.until === null ? 'until "mailpair undrain"' : `until ${formatMoment(drain.until, Date.now())}`;
  const others =
    left.length > 0 ? left.map(({ role: of, node }) => `${of} ${node}`).join(', ') : 'no other node';
  const submissions =
    role === 'outbound' && !left.some((other) => other.role === 'outbound')
      ? '; no other outbound gateway takes submissions, so they wait at the local servers'
      : '';
  return `drained ${end}; mail goes to ${others}${submissions}`;
}

/** @returns the exit code */
async function wait(
  gateways: readonly ReachedGateway[],
  args: VerbArgs,
  io: Io,
  signal: AbortSignal,
): Promise<number> {
  const waiting = new Set(gateways);
  let code = 0;
  let [told, toldAt] = ['', 0];
  while (waiting.size > 0) {
    const lines: string[] = [];
    for (const gateway of waiting) {
      const found = await statusOf(gateway);
      const now = Date.now();
      if (!found.status.drain) {
        io.err(`${gateway.role} ${gateway.host}: the drain was ended before it was safe to stop`);
        code = 1;
      } else if (isSafeToStop(found.status, now)) {
        if (!args.json) io.out(describeSafe(found, await staying(gateway), now));
      } else {
        lines.push(describeProgress(found, now));
        continue;
      }
      waiting.delete(gateway);
    }
    const text = lines.join('\n');
    if (text !== '' && (countsIn(text) !== countsIn(told) || Date.now() - toldAt >= TELL_MS)) {
      [told, toldAt] = [text, Date.now()];
      io.err(text);
    }
    if (waiting.size === 0) break;
    await pause(LOOK_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) {
      io.err('The drain continues: "mailpair drain" waits again, "mailpair undrain" ends it.');
      return 1;
    }
  }
  return code;
}

/** Removes the remaining times, which change in every report. */
const countsIn = (text: string): string => text.replace(/ in \d+[smhd]/g, '');

async function statusOf({ role, host, status }: ReachedGateway): Promise<DrainedGateway> {
  return { role, host, status: await status.show() };
}

async function staying(gateway: ReachedGateway): Promise<QueueItem[]> {
  const items: QueueItem[] = [];
  for await (const page of pagesOf(gateway, {}, MOST_LISTED)) items.push(...page);
  return items;
}

const reports = (gateways: readonly ReachedGateway[], drained: readonly Drained[]): Promise<object[]> =>
  Promise.all(
    gateways.map(async (gateway, index) => {
      const { role, host, status } = await statusOf(gateway);
      return { role, host, safeToStop: isSafeToStop(status, Date.now()), status, left: drained[index]!.left };
    }),
  );
