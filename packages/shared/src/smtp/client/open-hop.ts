/**
 * Opens a session with a next hop: its addresses in turn, and the plain session that follows when opportunistic TLS
 * has failed, which is remembered for a while.
 */
import { isIP } from 'node:net';
import type { Log } from '../../platform/log/log.ts';
import { nextHopKey, type NextHop } from '../../platform/values/next-hop.ts';
import { openConnection, type Connection } from './connection.ts';
import { ConnectError, NoAddress } from './faults.ts';
import { stepAfterTlsFailure, tlsLevelNow, type PlainHop } from './tls-level.ts';
import type { Timeouts } from './wire.ts';

export interface OpenHopParts {
  readonly localName: string;
  readonly timeouts: Timeouts;
  /** Where the host is now, best first. It may reject, with NoAddress where there is more to say. */
  addressesOf(hop: NextHop): Promise<readonly string[]>;
  /** Milliseconds since the epoch. */
  now(): number;
  readonly sources?: readonly string[] | undefined;
  readonly ca?: string | undefined;
  readonly log?: Pick<Log, 'debug' | 'warn'> | undefined;
}

/** Addresses that one attempt may still dial. */
export interface Budget {
  addresses: number;
}

/** @throws ConnectError, that of the last address tried */
export type OpenHop = (hop: NextHop, budget: Budget) => Promise<Connection>;

export function createOpenHop(parts: OpenHopParts): OpenHop {
  const plainHops = new Map<string, PlainHop>();

  return async (hop, budget) => {
    let last = new ConnectError('connect', 'dns', `${hop.host} has no address in DNS`);
    for (const address of await lookUp(hop)) {
      if (budget.addresses <= 0) break;
      budget.addresses -= 1;
      try {
        return await openAt(hop, address);
      } catch (error) {
        if (!(error instanceof ConnectError)) throw error;
        last = error;
        const { stage, kind, message } = error;
        parts.log?.debug('send.no-session', { host: hop.host, address, stage, kind, reason: message });
        // The other addresses would be asked for the same password.
        if (stage === 'auth') break;
      }
    }
    throw last;
  };

  /** What it gives is dialled: nobody asks DNS again between the check of an address and its use. */
  async function lookUp(hop: NextHop): Promise<readonly string[]> {
    const { host, fromDns } = hop;
    if (isIP(host) && !fromDns) return [host];
    try {
      return await parts.addressesOf(hop);
    } catch (error) {
      const why = `the address of ${host} cannot be looked up (${(error as Error).message})`;
      if (error instanceof NoAddress) throw new ConnectError('connect', 'dns', why, error.reply);
      throw new ConnectError('connect', 'dns', why);
    }
  }

  async function openAt(hop: NextHop, address: string): Promise<Connection> {
    const { localName, timeouts, sources = [], ca } = parts;
    const options = { hop, address, localName, timeouts, sources, ...(ca !== undefined && { ca }) };
    try {
      return await openConnection({ ...options, tls: tlsLevelNow(hop, knownPlain(hop), parts.now()) });
    } catch (error) {
      if (!(error instanceof ConnectError) || error.stage !== 'tls') throw error;
      const step = stepAfterTlsFailure(hop, error.message, parts.now());
      if (step.kind === 'defer') {
        const fault = new ConnectError('tls', 'tls', step.reply.text, error.reply);
        throw Object.assign(fault, error.source !== undefined && { source: error.source });
      }
      const connection = await openConnection({ ...options, tls: 'none' });
      plainHops.set(nextHopKey(hop), step.hop);
      const until = new Date(step.hop.untilMs).toISOString();
      parts.log?.warn('send.plain', { host: hop.host, address, reason: step.hop.reason, until });
      return connection;
    }
  }

  function knownPlain(hop: NextHop): PlainHop | undefined {
    for (const [key, { untilMs }] of plainHops) if (untilMs <= parts.now()) plainHops.delete(key);
    return plainHops.get(nextHopKey(hop));
  }
}
