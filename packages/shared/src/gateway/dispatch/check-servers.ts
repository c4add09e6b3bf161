/**
 * How each local server of each hosted domain answers this gateway about a valid and an invalid recipient. Several servers are
 * asked at once, one server about one domain after the other. All of it ends within five minutes: a domain whose turn
 * has not come by then is not asked.
 */
import { randomBytes } from 'node:crypto';
import { checkServer, type ServerSession } from '../../smtp/client/check-server.ts';
import { createOpenHop, type OpenHopParts } from '../../smtp/client/open-hop.ts';
import { formatHostPort } from '../../platform/network/addresses.ts';
import type { DomainSettings } from '../../config/sections/domains.ts';
import type { VerifySettings } from '../../config/schema/domains.ts';
import type { Settings } from '../../config/settings.ts';
import { domainOf } from '../../platform/values/address.ts';
import { nextHopKey, type NextHop } from '../../platform/values/next-hop.ts';
import { hopOf } from './local-delivery.ts';

export interface LocalServerCheck {
  /** `host:port`; IPv6 hosts in brackets. */
  readonly server: string;
  readonly domain: string;
  /** How the gateways know the recipients of the domain. */
  readonly verify: VerifySettings['by'];
  /** Recipients that should exist. */
  readonly valid: readonly string[];
  /** A recipient that cannot exist. */
  readonly invalid: string;
  readonly session: ServerSession | { readonly kind: 'not-asked' };
}

/** @param recipients valid ones; a domain without any is asked about its postmaster */
export type CheckLocalServers = (recipients: readonly string[]) => Promise<LocalServerCheck[]>;

export interface CheckLocalServersParts extends Omit<OpenHopParts, 'timeouts'> {
  settings(): Pick<Settings, 'domains' | 'send'>;
}

const AT_ONCE = 4;
const CONNECT_MS = 10_000;
const COMMAND_MS = 15_000;
const ALL_MS = 300_000;

type Question = Omit<LocalServerCheck, 'session'>;

interface ServerQuestions {
  readonly hop: NextHop;
  readonly questions: Question[];
}

export function createCheckLocalServers(parts: CheckLocalServersParts): CheckLocalServers {
  return async (recipients) => {
    const { domains, send } = parts.settings();
    const timeouts = {
      connectMs: Math.min(send.connectTimeoutMs, CONNECT_MS),
      commandMs: Math.min(send.commandTimeoutMs, COMMAND_MS),
      messageMs: send.messageTimeoutMs,
    };
    // Made for this check alone: TLS that failed before is tried again.
    const openHop = createOpenHop({ ...parts, timeouts, now: () => parts.now() });
    const ask = (hop: NextHop, { valid, invalid }: Question): Promise<ServerSession> =>
      checkServer(openHop, hop, [...valid, invalid], timeouts.commandMs);
    const endAt = performance.now() + ALL_MS;
    const servers = questionsOf(domains, recipients);
    const checks: LocalServerCheck[][] = [];
    let next = 0;
    const askInTurn = async (): Promise<void> => {
      for (let at = next++; at < servers.length; at = next++)
        checks[at] = await askServer(servers[at]!, ask, endAt);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, askInTurn));
    return checks.flat();
  };
}

/** Each server once, with a question for each of its domains. */
function questionsOf(domains: readonly DomainSettings[], recipients: readonly string[]): ServerQuestions[] {
  const servers = new Map<string, ServerQuestions>();
  for (const { name, localServers, verify } of domains) {
    const given = recipients.filter((recipient) => domainOf(recipient) === name);
    const valid = given.length > 0 ? given : [`postmaster@${name}`];
    for (const local of localServers) {
      const hop = hopOf(local);
      const key = nextHopKey(hop);
      const server = servers.get(key) ?? { hop, questions: [] };
      servers.set(key, server);
      const invalid = `mailpair-check-${randomBytes(8).toString('hex')}@${name}`;
      server.questions.push({ server: formatHostPort(hop), domain: name, verify: verify.by, valid, invalid });
    }
  }
  return [...servers.values()];
}

/** A server that cannot be reached is not tried again for its other domains. */
async function askServer(
  { hop, questions }: ServerQuestions,
  ask: (hop: NextHop, question: Question) => Promise<ServerSession>,
  endAt: number,
): Promise<LocalServerCheck[]> {
  const checks: LocalServerCheck[] = [];
  let unreached: ServerSession | undefined;
  for (const question of questions) {
    const isLate = performance.now() > endAt;
    const session = unreached ?? (isLate ? ({ kind: 'not-asked' } as const) : await ask(hop, question));
    if (session.kind === 'unreached') unreached = session;
    checks.push({ ...question, session });
  }
  return checks;
}
