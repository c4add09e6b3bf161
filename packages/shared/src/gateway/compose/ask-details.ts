/** What a node of the pair says of itself: role, load, partners, lists, engines. It is asked with a pass, from wherever this runs. */
import type { NodeSettings } from '../../config/sections/nodes.ts';
import type { Settings } from '../../config/settings.ts';
import { answerTo, textOf } from '../../platform/http/api-caller.ts';
import { passTo } from '../pair/pass-to.ts';
import type { RoleName } from '../../platform/values/role-name.ts';

export const DETAILS_PATH = '/healthz/details';

/** @throws with the url and why it gives no details */
export async function askDetails(
  role: RoleName,
  node: NodeSettings,
  settings: Settings,
  timeoutMs: number,
): Promise<unknown> {
  try {
    const { address, authorize } = passTo(role, node, settings);
    const question = { method: 'GET', path: DETAILS_PATH, timeoutMs };
    const authorization = authorize(question.method, question.path, '');
    const answer = await answerTo(address, { ...question, authorization });
    if (!answer) throw new Error('there are no details: it is of another version');
    return JSON.parse(await textOf(answer));
  } catch (error) {
    throw new Error(`${node.url}${DETAILS_PATH}: ${(error as Error).message}`, { cause: error });
  }
}
