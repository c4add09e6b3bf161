/**
 * Asks a next hop about a recipient without sending anything: MAIL, RCPT, RSET (call-forward), in one write with
 * PIPELINING.
 */
import { isPositive, type Reply } from '../../platform/values/reply.ts';
import { composeProbe } from './commands.ts';
import { outOfStep } from './conclude.ts';
import type { Connection } from './connection.ts';
import { faultReply, type HostFault } from './faults.ts';
import { CLOSING, WireFault } from './wire.ts';

export interface ProbeResult {
  /** The reply to RCPT; null when it did not come so far. */
  readonly reply: Reply | null;
  /** The reply of the host that decided: to MAIL where that was refused, else to RCPT; null when there was none. */
  readonly said: Reply | null;
  readonly clean: boolean;
  readonly retryFresh: boolean;
  readonly fault?: HostFault | undefined;
}

/** Resolves always. */
export async function askAbout(
  connection: Connection,
  reversePath: string,
  recipient: string,
  commandMs: number,
): Promise<ProbeResult> {
  const { wire, hop, extensions } = connection;
  const commands = composeProbe(reversePath, recipient, extensions);
  if ('code' in commands) return { reply: commands, said: null, clean: wire.usable, retryFresh: false };
  const reused = connection.messages > 0;
  connection.messages += 1;
  const replies: Reply[] = [];
  let fault: HostFault | undefined;
  try {
    await ask(connection, [commands.mail, commands.rcpt, 'RSET\r\n'], replies, commandMs);
  } catch (error) {
    if (!(error instanceof WireFault)) throw error;
    const text = `${hop.host} ${error.message} when asked about a recipient`;
    fault = { kind: error.kind, reply: faultReply('lost', text) };
  }
  fault ??= saidInstead(replies, hop.host);
  const [mail, rcpt, reset] = replies;
  const said = (mail && isPositive(mail) ? rcpt : mail) ?? null;
  return {
    reply: !fault && mail && isPositive(mail) ? (rcpt ?? null) : null,
    said,
    clean: !fault && reset !== undefined && isPositive(reset) && wire.usable,
    retryFresh: reused && fault !== undefined,
    fault,
  };
}

async function ask(
  { wire, extensions }: Connection,
  commands: readonly string[],
  replies: Reply[],
  commandMs: number,
): Promise<void> {
  if (extensions.pipelining) {
    wire.write(commands.join(''));
    return wire.read(replies, commands.length, commandMs);
  }
  for (const command of commands) {
    wire.write(command);
    await wire.read(replies, replies.length + 1, commandMs);
    if (replies.at(-1)?.code === CLOSING) return;
  }
}

function saidInstead(replies: readonly Reply[], host: string): HostFault | undefined {
  const closing = replies.find(({ code }) => code === CLOSING);
  if (closing) return { kind: 'unavailable', reply: closing };
  const odd = outOfStep(replies.slice(0, 2), 1);
  return odd && { kind: 'lost', reply: faultReply('lost', `${host} answered out of step`) };
}
