/** The engines beside us, as configured now. One that stays the same over a reload keeps what is known of its servers. */
import type { Clock } from '../../platform/time/clock.ts';
import type { Log } from '../../platform/log/log.ts';
import type { Settings } from '../../config/settings.ts';
import type { ClientNameLearnable } from '../client-name/facts.ts';
import type { Learner } from '../contract/learner.ts';
import { pingClamd } from './clamd.ts';
import { EngineServers, type EngineName, type EngineParts, type EngineState } from './engine-servers.ts';
import { rspamdLearner } from './learn-rspamd.ts';
import { virusLearner } from './learn-virus.ts';
import { pingRspamd } from './rspamd.ts';

export interface EnginesParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly counted: EngineParts['counted'];
  /** What a password file holds. */
  passwordIn(file: string): string;
}

export interface Engines {
  /** Those that are to be asked from now on; none while nothing is judged. */
  set(settings: Pick<Settings, 'judge' | 'clamav' | 'rspamd'>): void;
  learners(): readonly Learner<ClientNameLearnable>[];
  states(): readonly EngineState[];
  close(): void;
}

const pings = { clamav: pingClamd, rspamd: pingRspamd };

export function createEngines(parts: EnginesParts): Engines {
  const running = new Map<EngineName, { readonly key: string; readonly servers: EngineServers }>();
  let learners: readonly Learner<ClientNameLearnable>[] = [];

  function serversOf(
    engine: EngineName,
    { servers, timeoutMs, retestMs, connections }: Settings[EngineName],
    isOn: boolean,
  ): EngineServers | undefined {
    const known = running.get(engine);
    const rules = { timeoutMs, retestMs, connections };
    const key = JSON.stringify([servers, rules]);
    const isWanted = isOn && servers.length > 0;
    if (isWanted && known?.key === key) return known.servers;
    known?.servers.close();
    running.delete(engine);
    if (!isWanted) return undefined;
    const opened = new EngineServers(servers, { ...parts, engine, rules, ping: pings[engine] });
    running.set(engine, { key, servers: opened });
    return opened;
  }

  return {
    set({ judge, clamav, rspamd }) {
      const isOn = judge.mode !== 'off';
      const clamd = serversOf('clamav', clamav, isOn);
      const rspamdServers = serversOf('rspamd', rspamd, isOn);
      const { passwordFile } = rspamd;
      learners = [
        ...(clamd ? [virusLearner(clamd, clamav.roles, clamav.maxBytes)] : []),
        ...(rspamdServers
          ? [
              rspamdLearner(rspamdServers, {
                roles: rspamd.roles,
                maxBytes: rspamd.maxBytes,
                password: () => (passwordFile === null ? '' : parts.passwordIn(passwordFile)),
              }),
            ]
          : []),
      ];
    },
    learners: () => learners,
    states: () => [...running.values()].flatMap(({ servers }) => servers.states()),
    close() {
      for (const { servers } of running.values()) servers.close();
    },
  };
}
