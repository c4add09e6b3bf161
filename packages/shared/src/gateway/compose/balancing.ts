/** What load balancers are told of this gateway: the agent that HAProxy asks, the file that keepalived watches. */
import { composeAgentLine } from '../pair/agent-line.ts';
import { openAgent } from '../pair/agent.ts';
import type { Standing } from '../pair/headroom.ts';
import { openTrackFile } from '../pair/track-file.ts';
import { trackNumber } from '../pair/track-number.ts';
import type { Log } from '../../platform/log/log.ts';
import type { HostSettings } from '../../config/sections/role.ts';

/** @param looked told of each that asks the agent. @returns how to end it. @throws when the agent's address cannot be bound */
export async function tellBalancers(
  { agent, trackFile }: HostSettings,
  standing: () => Standing,
  looked: (balancer: string) => void,
  log: Log,
): Promise<() => Promise<void>> {
  const lineFor = (balancer: string, said: string): string => {
    const now = standing();
    looked(balancer);
    return composeAgentLine(now, said);
  };
  const asked = agent && (await openAgent(agent, lineFor));
  const watched =
    trackFile === null
      ? null
      : openTrackFile({
          path: trackFile,
          number: (told) => trackNumber(standing(), told),
          failed: (error) => log.error('balancer.track-file-fault', { file: trackFile, err: error }),
        });
  return async () => {
    await Promise.all([asked?.close(), watched?.withdraw()]);
  };
}
