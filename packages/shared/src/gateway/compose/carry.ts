/** A process that carries mail, or that finds it is to be the supervisor of several that do. */
import { hostname } from 'node:os';
import { ConfigError, loadSettings } from '../../config/read/load-settings.ts';
import { sharedSpools } from '../../config/sections/both-roles.ts';
import { openGroupMemory } from '../../platform/resources/group-memory.ts';
import { superviseProcess } from '../../platform/process/lifecycle.ts';
import { createLog } from '../../platform/log/log.ts';
import { realPath } from '../../platform/files/real-path.ts';
import type { Settings } from '../../config/settings.ts';
import { isFace, workersOf } from '../workers/slot.ts';
import { becomeSupervisor } from '../workers/supervisor-process.ts';
import { LAST_MS, onlyWorker, thisWorker } from '../workers/worker.ts';
import { openGateway } from './gateway.ts';
import type { OperatorApi } from './operator-api.ts';
import { hostOf, type Role } from './role.ts';

export interface Configured {
  readonly file: string;
  readonly sets: readonly string[];
  /** What to do about being root. */
  readonly warning?: string;
  readonly operatorApi: LoadOperatorApi;
}

/** Loaded by a process that carries mail; the supervisor does without. */
export type LoadOperatorApi = () => Promise<OperatorApi>;

/** Until a signal ends it. @throws when it cannot start */
export async function carryMail(
  role: Role,
  { file, sets, warning: aboutRoot, operatorApi }: Configured,
): Promise<void> {
  let drain = (): void => process.exit(0);
  const worker = thisWorker(() => drain());
  process.title = `mailpair: ${role.name}${worker ? ` worker ${worker.slot.number}` : ''}`;
  const log = createLog({ role: role.name, level: 'info', worker: worker?.slot.number });
  let [shutdownTimeoutMs, hangAfterMs] = [0, 0];
  const load = (): Settings => {
    const settings = loadSettings({ file, env: process.env, sets, role: role.name }, (warning) => {
      if (!worker || isFace(worker.slot)) log.warn('config.warning', warning); // once
    });
    const shared = sharedSpools(settings, realPath);
    if (shared.length > 0) throw new ConfigError(file, shared);
    log.setLevel(settings.log.level);
    ({ shutdownTimeoutMs } = settings);
    ({ hangAfterMs } = settings.workers);
    return settings;
  };
  let settings: Settings | null = load();
  const memoryBytes = openGroupMemory()()?.limitBytes ?? Infinity;
  const workers = workersOf(hostOf(role, settings, hostname()).workers, memoryBytes);
  if (!worker && aboutRoot !== undefined) log.warn('gateway.root', { fix: aboutRoot });
  if (!worker && workers > 1) return becomeSupervisor(workers, log);
  worker?.beWatched(() => hangAfterMs);
  const first = (): Settings => {
    const now = settings ?? load();
    settings = null;
    return now;
  };
  const gateway = await openGateway(role, first, log, await operatorApi(), worker ?? onlyWorker);
  const lastMs = worker && isFace(worker.slot) ? LAST_MS : 0;
  const stop = superviseProcess(gateway, log, () => shutdownTimeoutMs + lastMs);
  drain = () => stop('supervisor gone');
}
