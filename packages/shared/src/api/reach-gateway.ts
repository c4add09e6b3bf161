/**
 * Finds the way to a gateway's queue: over HTTP while the gateway runs, else directly on its spool, which the owner
 * lock then keeps for the command. Says what to set or to start when neither works.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { EntryClaims } from '../gateway/dispatch/entry-claims.ts';
import type { Drain } from '../gateway/pair/drain.ts';
import { openLmdbSpool } from '../spool/store/lmdb-spool.ts';
import type { Damage, Spool } from '../spool/store/spool.ts';
import { openLedger } from '../directory/submitters/ledger-file.ts';
import type { Ledger } from '../directory/submitters/ledger.ts';
import { createSubmitterRules } from '../directory/submitters/rules.ts';
import { isLoopback, type HostPort } from '../platform/network/addresses.ts';
import type { RoleName } from '../platform/values/role-name.ts';
import { systemClock } from '../platform/time/clock.ts';
import { readRegularSync } from '../platform/files/regular-file.ts';
import type { Settings } from '../config/settings.ts';
import { slotDirectories } from '../gateway/workers/slot.ts';
import {
  answerTo,
  apiCaller,
  GatewayRefusal,
  nameOf,
  type ApiCaller,
  type GatewayAddress,
} from '../platform/http/api-caller.ts';
import { authorityPath, tokenPath } from '../platform/http/api-token.ts';
import { readDrain } from '../gateway/pair/drain-file.ts';
import { createGatewayClient } from './gateway-client.ts';
import { mergeQueues } from './merged-queue.ts';
import { passTo } from '../gateway/pair/pass-to.ts';
import { createQueueControl, type QueueControl } from './queue-control.ts';

/** @throws when nobody can tell, for want of permission */
export function hasSpool(role: RoleName, settings: Settings): boolean {
  const { spool } = settings[role];
  try {
    return statSync(join(spool, 'queue.mdb')).isFile();
  } catch (error) {
    if (isFault(error, 'ENOENT', 'ENOTDIR')) return false;
    throw new Error(
      `cannot look into ${spool} (${role}.spool): ${(error as Error).message}; run this as root or as its owner`,
      { cause: error },
    );
  }
}

/** @throws with what to set or to do when neither the gateway nor its spool can be reached */
export async function openQueueControl(
  role: RoleName,
  settings: Settings,
  onDamage: (damage: Damage) => void,
): Promise<QueueControl> {
  const running = await reachRunning(role, settings);
  if (running) return createGatewayClient(running, role);
  return offline(role, settings, await openStoppedSpools(role, settings, onDamage));
}

/** Of one worker of a gateway that does not run. */
export interface StoppedSpool {
  readonly directory: string;
  readonly spool: Spool;
}

/** The spools of a gateway that does not run. @throws with what to set or to do when they cannot be had */
export async function openStoppedSpools(
  role: RoleName,
  settings: Settings,
  onDamage: (damage: Damage) => void,
): Promise<StoppedSpool[]> {
  const opened: StoppedSpool[] = [];
  try {
    for (const directory of slotDirectories(settings[role].spool))
      opened.push({ directory, spool: await openStoppedSpool(role, settings, directory, onDamage) });
    return opened;
  } catch (error) {
    for (const { spool } of opened) await spool.close();
    throw error;
  }
}

async function openStoppedSpool(
  role: RoleName,
  settings: Settings,
  directory: string,
  onDamage: (damage: Damage) => void,
): Promise<Spool> {
  const { http } = settings[role];
  const notAsked = http
    ? `nothing answers at ${nameOf(http)} (${role}.http)`
    : `${role}.http is none, so a running gateway cannot be asked: set it, e.g. to 127.0.0.1:8025`;
  try {
    return await openLmdbSpool({ directory, minFreeBytes: 0, clock: systemClock, onDamage });
  } catch (error) {
    throw new Error(`${(error as Error).message}; and ${notAsked}`, { cause: error });
  }
}

/** The API of the running gateway whose spool is here; undefined when none runs. */
export async function reachRunning(role: RoleName, settings: Settings): Promise<ApiCaller | undefined> {
  const { http, spool } = settings[role];
  const token = readKept(tokenPath(spool));
  if (!http || token === undefined) return undefined;
  const api = apiCaller(addressHere(http, spool), token);
  try {
    const status = await createGatewayClient(api, role).status();
    if (status.role === role) return api;
  } catch (error) {
    if (isFault(error, 'ECONNREFUSED')) return undefined;
    const refused = error instanceof GatewayRefusal && error.status === 401;
    const fix = refused ? `; it does not run on ${spool} (${role}.spool)` : '';
    throw new Error(`${nameOf(http)} (${role}.http): ${(error as Error).message}${fix}`, { cause: error });
  }
  throw new Error(
    `at ${nameOf(http)} (${role}.http) is the other gateway of the pair: give each its own address`,
  );
}

/** Beyond loopback it speaks TLS, with a certificate by the authority in its spool. */
function addressHere(http: HostPort, spool: string): GatewayAddress {
  if (isLoopback(http.host)) return http;
  const authority = readKept(authorityPath(spool));
  return { ...http, tls: { ca: authority === undefined ? [] : [authority] } };
}

/** Undefined when no gateway has ever run on the spool. */
function readKept(path: string): string | undefined {
  try {
    return readRegularSync(path).toString().trim();
  } catch (error) {
    if (isFault(error, 'ENOENT')) return undefined;
    throw new Error(`cannot read ${path}: ${(error as Error).message}; run this as root or as its owner`, {
      cause: error,
    });
  }
}

function offline(role: RoleName, settings: Settings, spools: readonly StoppedSpool[]): QueueControl {
  let fault: Error | undefined;
  const ledger = openLedger({
    directory: settings[role].spool,
    clock: systemClock,
    submitterOf: createSubmitterRules(settings),
    onExcess: () => undefined,
    onFault: (error) => void (fault = error),
  });
  const [first, ...others] = spools.map(({ spool }) => queueOf(role, settings, spool, ledger));
  return mergeQueues([
    {
      ...first!,
      async close() {
        await ledger.close();
        await first!.close();
        if (fault) throw fault;
      },
    },
    ...others,
  ]);
}

function queueOf(role: RoleName, settings: Settings, spool: Spool, ledger: Ledger): QueueControl {
  const claims = new EntryClaims({
    store: (id, entry) => (entry ? spool.update(entry) : spool.remove(id)),
    released: () => undefined,
  });
  return createQueueControl({
    role,
    host: settings[role].host,
    settings: () => settings,
    spool,
    ledger,
    change: (id, how) => claims.change(id, () => spool.get(id), how),
    keptDrain: drainOf(settings[role].spool),
    clock: systemClock,
    close: () => spool.close(),
  });
}

/** A file that holds none is told when the gateway starts. */
function drainOf(spool: string): Drain | null {
  try {
    return readDrain(spool, systemClock.now());
  } catch {
    return null;
  }
}

/** Whether a gateway is there, asked without its token. Beyond loopback that takes the secret of the pair. */
export async function isAlive(role: RoleName, settings: Settings): Promise<boolean> {
  const { http, nodes } = settings[role];
  if (!http) return false;
  try {
    const address = isLoopback(http.host) ? http : passTo(role, nodes[0]!, settings).address;
    const answer = await answerTo(address, { method: 'GET', path: '/healthz', timeoutMs: HEALTH_TIMEOUT_MS });
    answer?.resume();
    return answer !== undefined;
  } catch {
    return false;
  }
}

const HEALTH_TIMEOUT_MS = 3_000;

const isFault = (error: unknown, ...codes: string[]): boolean =>
  codes.includes((error as NodeJS.ErrnoException).code ?? '');
