/**
 * pair → route: a local server that is down here and answers a partner is tried again by this gateway itself, by a call-forward for
 * postmaster. What comes of it is noted where every attempt notes it, so success brings the server up.
 */
import { isWorthAProbe, type Reach } from '../pair/local-reach.ts';
import type { PartnerView } from '../pair/partner-view.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { Log } from '../../platform/log/log.ts';
import type { LocalServerSettings } from '../../config/schema/local-server.ts';
import type { Settings } from '../../config/settings.ts';

export interface ReachAgainParts {
  settings(): Pick<Settings, 'domains'>;
  /** The local servers as they are now. */
  reach(): readonly Reach[];
  partners(): readonly Pick<PartnerView, 'answered'>[];
  /** Lets a server that is down be tried at once. */
  probeNow(server: LocalServerSettings, now: number): void;
  /** Asks the server about a recipient. */
  probe(server: LocalServerSettings, recipient: string): Promise<unknown>;
  readonly clock: Clock;
  readonly log: Log;
}

const LOOK_MS = 1_000;

/** @returns how to end it */
export function openReachAgain(parts: ReachAgainParts): () => void {
  const timer = setInterval(() => look(parts), LOOK_MS).unref();
  return () => clearInterval(timer);
}

function look(parts: ReachAgainParts): void {
  const now = parts.clock.now();
  const partners = parts.partners();
  for (const { host, port } of parts.reach().filter((server) => isWorthAProbe(server, partners, now)))
    void tryAgain(parts, host, port, now);
}

async function tryAgain(parts: ReachAgainParts, host: string, port: number, now: number): Promise<void> {
  const found = parts
    .settings()
    .domains.flatMap(({ name, localServers }) => localServers.map((server) => ({ name, server })))
    .find(({ server }) => server.host === host && server.port === port);
  if (!found) return;
  const recipient = `postmaster@${found.name}`;
  parts.probeNow(found.server, now);
  try {
    await parts.probe(found.server, recipient);
  } catch (error) {
    parts.log.error('callforward.fault', { recipient, err: error });
  }
}
