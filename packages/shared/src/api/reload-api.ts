/**
 * What /api does about the configuration.
 *
 *     POST /reload      { workers: ReloadAnswer[] }: every worker has read it again, or says why it goes on with what it had
 */
import type { Route } from '../platform/http/http.ts';
import type { ApiCaller } from '../platform/http/api-caller.ts';
import type { ReloadAnswer } from '../gateway/compose/reload-answer.ts';

const PATH = '/reload';

/** @param workers the other workers of the gateway, which reload too */
export const reloadApi = (own: () => Promise<ReloadAnswer>, workers: readonly ApiCaller[]): Route => ({
  method: 'POST',
  path: PATH,
  async run() {
    const asked = [own(), ...workers.map(reloadOther)];
    return { workers: (await Promise.all(asked)).flat() };
  },
});

/** @throws GatewayRefusal for a gateway of another version */
export async function askToReload(api: ApiCaller): Promise<readonly ReloadAnswer[]> {
  const { workers } = await api.given<{ workers: ReloadAnswer[] }>('POST', PATH);
  return workers;
}

/** One that is being started reads the configuration anyway, but whether it could is not known. */
async function reloadOther(api: ApiCaller): Promise<readonly ReloadAnswer[]> {
  try {
    return await askToReload(api);
  } catch (error) {
    return [{ kind: 'refused', reason: (error as Error).message, faults: [] }];
  }
}
