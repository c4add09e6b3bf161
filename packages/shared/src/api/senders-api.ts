/**
 * What senders do when they are refused, over /api and asked there.
 *
 *     GET /senders          { senders: SenderView[] }; times are ms since the epoch
 */
import type { Senders, SenderView } from '../gateway/pair/senders.ts';
import type { Clock } from '../platform/time/clock.ts';
import type { Route } from '../platform/http/http.ts';
import type { Settings } from '../config/settings.ts';
import type { ApiCaller } from '../platform/http/api-caller.ts';
import { reachRunning } from './reach-gateway.ts';
import type { RoleName } from '../platform/values/role-name.ts';

export const sendersApi = (senders: Pick<Senders, 'list'>, clock: Clock): Route => ({
  method: 'GET',
  path: '/senders',
  run: () => ({ senders: senders.list(clock.now()) }),
});

export interface SendersControl {
  readonly role: RoleName;
  list(): Promise<readonly SenderView[]>;
}

export const sendersClient = (api: ApiCaller, role: RoleName): SendersControl => ({
  role,
  list: async () => (await api.given<{ senders: SenderView[] }>('GET', '/senders')).senders,
});

/** Of the gateway whose spool is here. @throws when it does not run */
export async function sendersHere(role: RoleName, settings: Settings): Promise<SendersControl> {
  const running = await reachRunning(role, settings);
  if (running) return sendersClient(running, role);
  throw new Error(settings[role].http ? 'it does not run' : `it cannot be asked while ${role}.http is none`);
}
