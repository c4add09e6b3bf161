/** The table of all operations of /api, by noun. */
import type { ApiRoute } from './route.ts';
import { bans } from './routes/bans.ts';
import { bayes } from './routes/bayes.ts';
import { configuration } from './routes/configuration.ts';
import { drain } from './routes/drain.ts';
import { localServers } from './routes/local-servers.ts';
import { quarantine } from './routes/quarantine.ts';
import { queue } from './routes/queue.ts';
import { records } from './routes/records.ts';
import { senders } from './routes/senders.ts';
import { status } from './routes/status.ts';
import { submitters } from './routes/submitters.ts';
import { traces } from './routes/traces.ts';

export const table = {
  status,
  queue,
  submitters,
  quarantine,
  traces,
  records,
  bayes,
  bans,
  senders,
  localServers,
  drain,
  configuration,
};

export const allRoutes: readonly ApiRoute[] = Object.values(table).flatMap((routes) =>
  Object.values<ApiRoute>(routes),
);
