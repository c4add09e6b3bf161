/**
 * The faults in order: how each is caused in the real processes, and how it is repaired. Each stop is
 * recorded with its time for the ledger.
 */
import type { FaultName } from './scenario.ts';
import type { World } from './world.ts';
import type { RoleName } from '@mailpair/shared/platform/values/role-name';

export interface Fault {
  /** For the table. */
  readonly title: string;
  begin(): Promise<void>;
  mend(): Promise<void>;
}

/** More than the size of any disk. */
const ALL_OF_IT = '8000TB';

export function createFaults(world: World): Readonly<Record<FaultName, Fault>> {
  return {
    inbound: killed(world, 'inbound'),
    outbound: killed(world, 'outbound'),
    'local-server': localServersStopped(world),
    resolver: {
      title: 'resolver stopped',
      begin: () => world.resolver.stop(),
      mend: () => world.resolver.start(),
    },
    disk: world.disk ? diskFilled(world.disk) : reserveRaised(world),
  };
}

/** Kills the gateway by SIGKILL. */
function killed({ gateways, stops }: World, role: RoleName): Fault {
  const mine = gateways.filter(({ node }) => node.role === role);
  return {
    title: `${role} killed`,
    async begin() {
      const at = Date.now();
      stops.push(...mine.map(({ node }) => ({ name: node.host, at })));
      await Promise.all(mine.map((gateway) => gateway.kill()));
    },
    async mend() {
      await Promise.all(mine.map((gateway) => gateway.start()));
    },
  };
}

function localServersStopped({ localServers, stops }: World): Fault {
  return {
    title: 'local server stopped',
    async begin() {
      const at = Date.now();
      stops.push(...localServers.map(({ name }) => ({ name, at })));
      await Promise.all(localServers.map((server) => server.stop()));
    },
    async mend() {
      await Promise.all(localServers.map((server) => server.start()));
    },
  };
}

const diskFilled = (disk: NonNullable<World['disk']>): Fault => ({
  title: 'disk full',
  begin: async () => disk.fill(),
  mend: async () => disk.empty(),
});

/**
 * Used without a disk that can be filled: each gateway is restarted with a reserve that is larger than any
 * disk.
 */
function reserveRaised({ gateways, stops }: World): Fault {
  const restart = async (sets: readonly string[]): Promise<void> => {
    for (const gateway of gateways) {
      stops.push({ name: gateway.node.host, at: Date.now() });
      await gateway.stop();
      await gateway.start(sets);
    }
  };
  return {
    title: 'disk full (by queue.minFree)',
    begin: () => restart([`queue.minFree=${ALL_OF_IT}`]),
    mend: () => restart([]),
  };
}
