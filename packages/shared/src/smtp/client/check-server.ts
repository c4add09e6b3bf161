/**
 * How one next hop answers about recipients, asked in a session of its own: EHLO, then for each recipient MAIL FROM:<>, RCPT and
 * RSET as in a call-forward (RFC 5321 §3.3), then QUIT. A kept session would show what the host allowed earlier. There is one
 * recipient a transaction, because many hosts refuse a second recipient for the null reverse-path.
 */
import type { NextHop } from '../../platform/values/next-hop.ts';
import type { Reply } from '../../platform/values/reply.ts';
import { ConnectError, type ConnectStage, type FaultKind, type HostFault } from './faults.ts';
import type { OpenHop } from './open-hop.ts';
import { askAbout } from './probe.ts';

export interface RecipientAnswer {
  readonly recipient: string;
  /** The host's own reply, to MAIL where that was refused, else to RCPT; null when none came. */
  readonly reply: Reply | null;
  /** Why the session broke; null when it did not. */
  readonly fault: string | null;
}

export type ServerSession =
  | {
      readonly kind: 'unreached';
      readonly stage: ConnectStage;
      readonly fault: FaultKind;
      readonly reason: string;
      /** What the host said, by greeting, EHLO or STARTTLS; null when it said nothing. */
      readonly reply: Reply | null;
      /** The IP address of this machine that was connected from; null when there was no connection. */
      readonly source: string | null;
    }
  | {
      readonly kind: 'asked';
      /** The IP address of this machine that was connected from. */
      readonly source: string;
      /** The version of TLS, such as `TLSv1.3`; null without TLS. */
      readonly tls: string | null;
      /** In the order of the questions; shorter when the session broke. */
      readonly answers: readonly RecipientAnswer[];
    };

/** Where the host was silent, a later reply may stand in the place of the missing one. */
function saidOwnWords(said: Reply | null, fault: HostFault | undefined): Reply | null {
  if (fault?.kind === 'unavailable') return fault.reply;
  return fault?.kind === 'timeout' ? null : said;
}

/** As many addresses of the host are tried. */
const ADDRESSES = 2;

/** Never rejects for what DNS, the network or the host does. */
export async function checkServer(
  openHop: OpenHop,
  hop: NextHop,
  recipients: readonly string[],
  commandMs: number,
): Promise<ServerSession> {
  try {
    const connection = await openHop(hop, { addresses: ADDRESSES });
    const answers: RecipientAnswer[] = [];
    for (const recipient of recipients) {
      const { said, fault } = await askAbout(connection, '', recipient, commandMs);
      answers.push({ recipient, reply: saidOwnWords(said, fault), fault: fault?.reply.text ?? null });
      if (fault) break;
    }
    await connection.wire.close();
    return { kind: 'asked', source: connection.source, tls: connection.tls?.version ?? null, answers };
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    const { stage, kind, message, reply = null, source = null } = error;
    return { kind: 'unreached', stage, fault: kind, reason: message, reply, source };
  }
}
