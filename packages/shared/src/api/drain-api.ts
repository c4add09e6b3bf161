/**
 * What /api does about the drain of a gateway. GET /status tells whether there is one.
 *
 *     POST   /drain?forMs&closeAfterMs&together&force     Drained; 409 with `error` when no other node would take mail
 *     DELETE /drain                                       { ended: Drain | null }: as it was
 *
 * `together` names the nodes that are drained at the same time, `outbound/mx-out.example.com`, with commas between them. With
 * `force=true` the last node is drained too. A gateway that is drained already keeps what is not given anew.
 */
import {
  LONGEST_DRAIN_MS,
  nodesLeft,
  refusalOfDrain,
  type Drain,
  type DrainWish,
  type OtherNode,
} from '../gateway/pair/drain.ts';
import { Answer } from '../platform/http/http-answer.ts';
import type { Route } from '../platform/http/http.ts';
import type { DrainControl } from '../gateway/compose/operator-api.ts';
import type { ApiCaller } from '../platform/http/api-caller.ts';

export interface Drained {
  readonly drain: Drain;
  /** The nodes that go on taking mail. */
  readonly left: readonly { readonly role: string; readonly node: string }[];
}

const PATH = '/drain';

/** @param others what is known of the other nodes of the pair */
export function drainApi(control: DrainControl, others: () => readonly OtherNode[]): Route[] {
  return [
    {
      method: 'POST',
      path: PATH,
      run({ query }) {
        const { forMs, closeAfterMs } = query;
        for (const [name, text] of Object.entries({ forMs, closeAfterMs }))
          if (text !== undefined && !isTime(text, name === 'forMs' ? 1 : 0))
            return refusal(`${name} is a number of ms up to ${LONGEST_DRAIN_MS}, not ${text}`, 400);
        const together = query['together']?.split(',') ?? [];
        const reason = control.drain ? undefined : refusalOfDrain(others(), together);
        if (reason !== undefined && query['force'] !== 'true') return refusal(reason, 409);
        const drain = control.begin({
          ...(forMs !== undefined && { forMs: Number(forMs) }),
          ...(closeAfterMs !== undefined && { closeAfterMs: Number(closeAfterMs) }),
        });
        return { drain, left: nodesLeft(others(), together).map(({ role, node }) => ({ role, node })) };
      },
    },
    { method: 'DELETE', path: PATH, run: () => ({ ended: control.end() }) },
  ];
}

const refusal = (error: string, status: number): Answer => Answer.json({ error }, { status });

const isTime = (text: string, least: number): boolean =>
  /^\d{1,12}$/.test(text) && Number(text) >= least && Number(text) <= LONGEST_DRAIN_MS;

/** How a command asks for a drain. */
export interface AskedDrain extends DrainWish {
  readonly together: readonly string[];
  readonly force: boolean;
}

/** @throws GatewayRefusal with status 409 when no other node would take mail */
export const askToDrain = (
  api: ApiCaller,
  { forMs, closeAfterMs, together, force }: AskedDrain,
): Promise<Drained> =>
  api.given('POST', PATH, {
    ...(forMs !== undefined && { forMs: String(forMs) }),
    ...(closeAfterMs !== undefined && { closeAfterMs: String(closeAfterMs) }),
    ...(together.length > 0 && { together: together.join(',') }),
    ...(force && { force: 'true' }),
  });

/** @returns the drain that it ended */
export const askToUndrain = async (api: ApiCaller): Promise<Drain | null> =>
  (await api.given<{ ended: Drain | null }>('DELETE', PATH)).ended;
