/**
 * What /api gives of the bans. Times are ms since the epoch.
 *
 *     GET    /bans                              { bans: Ban[] }: those in effect, the latest first
 *     POST   /bans?network&forMs&reason         Ban; network is an address or a network
 *     DELETE /bans?network                      { lifted: Ban[] }: every ban that it falls under
 */
import type { Bans } from '../filter/rates-and-bans/bans.ts';
import { parseNetwork } from '../platform/network/addresses.ts';
import type { Route } from '../platform/http/http.ts';
import { Answer } from '../platform/http/http-answer.ts';

/** A year. */
const LONGEST_MS = 365 * 24 * 3_600_000;
/** More than what one site has is not banned by mistake. */
const WIDEST = { 4: 8, 6: 16 };

export function bansApi(bans: Bans): Route[] {
  return [
    { method: 'GET', path: '/bans', run: () => ({ bans: bans.list() }) },
    {
      method: 'POST',
      path: '/bans',
      run: ({ query: { network: text = '', forMs: timeText, reason = '' } }) => {
        const network = parseNetwork(text);
        const forMs = Number(timeText);
        if (!network) return notANetwork(text);
        if (network.prefix < WIDEST[network.family])
          return refusal(`${text} is too much of the internet: at most /${WIDEST[network.family]}`);
        if (!Number.isInteger(forMs) || forMs < 1 || forMs > LONGEST_MS)
          return refusal(`forMs is a number from 1 to ${LONGEST_MS}, not ${timeText}`);
        return bans.add(network, forMs, reason);
      },
    },
    {
      method: 'DELETE',
      path: '/bans',
      run: ({ query: { network: text = '' } }) => {
        const network = parseNetwork(text);
        return network ? { lifted: bans.lift(network) } : notANetwork(text);
      },
    },
  ];
}

const refusal = (error: string): Answer => Answer.json({ error }, { status: 400 });
const notANetwork = (text: string): Answer => refusal(`${text} is neither an address nor a network`);
