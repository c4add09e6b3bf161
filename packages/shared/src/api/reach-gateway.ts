/**
 * Finds the way to a gateway: over HTTP while it runs, else directly on its files, which the owner lock then keeps for the
 * command. Says what to set or to start when neither works.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { isLoopback, type HostPort } from '../platform/network/addresses.ts';
import type { RoleName } from '../platform/values/role-name.ts';
import { readRegularSync } from '../platform/files/regular-file.ts';
import type { Settings } from '../config/settings.ts';
import {
  answerTo,
  apiCaller,
  GatewayRefusal,
  nameOf,
  type ApiCaller,
  type GatewayAddress,
} from '../platform/http/api-caller.ts';
import { authorityPath, tokenPath } from '../platform/http/api-token.ts';
import { askRunning } from './ask.ts';
import { clientOf, type Client } from './client.ts';
import type { Opened } from './stopped-gateway.ts';
import { passTo } from '../gateway/pair/pass-to.ts';

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

/** A gateway that can be asked, running or stopped. */
export interface ReachedGateway extends Client {
  readonly role: RoleName;
  /** The node. */
  readonly host: string;
  readonly isRunning: boolean;
  close(): Promise<void>;
}

/** What a gateway answers to an operation, as `Answer<'queue', 'why'>`. */
export type Answer<N extends keyof Client, R extends keyof Client[N]> = Client[N][R] extends (
  ...given: never
) => Promise<infer A>
  ? NonNullable<A>
  : never;

export interface Here extends Opened {
  /** Its name, where the role has several nodes. */
  readonly host?: string;
}

/**
 * The gateway whose spool is here, over HTTP while it runs.
 * @throws with what to set or to do when neither the gateway nor its files can be reached
 */
export async function reachHere(role: RoleName, settings: Settings, here: Here): Promise<ReachedGateway> {
  const { host = settings[role].host } = here;
  const running = await reachRunning(role, settings, host);
  if (running) return running;
  // Loaded when it is needed: it brings the stores and the classifier.
  const { openStopped } = await import('./stopped-gateway.ts');
  const { ask, close } = await openStopped(role, settings, here);
  return { ...clientOf(ask), role, host, isRunning: false, close };
}

/** One that runs, here or elsewhere. */
export const runningGateway = (api: ApiCaller, role: RoleName, host: string): ReachedGateway => ({
  ...clientOf(askRunning(api)),
  role,
  host,
  isRunning: true,
  close: async () => undefined,
});

/** The gateway whose spool is here; undefined when none runs. */
export async function reachRunning(
  role: RoleName,
  settings: Settings,
  host = settings[role].host,
): Promise<ReachedGateway | undefined> {
  const { http, spool } = settings[role];
  const token = readKept(tokenPath(spool));
  if (!http || token === undefined) return undefined;
  const gateway = runningGateway(apiCaller(addressHere(http, spool), token), role, host);
  try {
    const status = await gateway.status.show();
    if (status.role === role) return gateway;
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
