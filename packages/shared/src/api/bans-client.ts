/** The bans of a running gateway, over /api: the other side of bans-api.ts. */
import type { Ban } from '../filter/rates-and-bans/ban.ts';
import type { Settings } from '../config/settings.ts';
import type { ApiCaller } from '../platform/http/api-caller.ts';
import { reachRunning } from './reach-gateway.ts';
import type { RoleName } from '../platform/values/role-name.ts';

export interface BansControl {
  readonly role: RoleName;
  list(): Promise<readonly Ban[]>;
  add(network: string, forMs: number, reason: string): Promise<Ban>;
  /** Every ban that it falls under. @returns those that were */
  lift(network: string): Promise<readonly Ban[]>;
}

export const bansClient = (api: ApiCaller, role: RoleName): BansControl => ({
  role,
  list: async () => (await api.given<{ bans: Ban[] }>('GET', '/bans')).bans,
  add: (network, forMs, reason) => api.given('POST', '/bans', { network, forMs: String(forMs), reason }),
  lift: async (network) => (await api.given<{ lifted: Ban[] }>('DELETE', '/bans', { network })).lifted,
});

/** Of the gateway whose spool is here. @throws when it does not run; it learns of its partner's bans when it starts */
export async function bansHere(role: RoleName, settings: Settings): Promise<BansControl> {
  const running = await reachRunning(role, settings);
  if (running) return bansClient(running, role);
  throw new Error(settings[role].http ? 'it does not run' : `it cannot be asked while ${role}.http is none`);
}
