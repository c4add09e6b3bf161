/** The networks that are refused before the greeting. Times are ms since the epoch. */
import { parseNetwork, type Network } from '../../platform/network/addresses.ts';
import { ApiRefusal, needed, number, text, withDefault } from '../parameters.ts';
import { routesOn } from '../route.ts';

const route = routesOn('bans');

/** A year. */
const LONGEST_MS = 365 * 24 * 3_600_000;
/** More than what one site has is not banned by mistake. */
const WIDEST = { 4: 8, 6: 16 };
const timeRefusal = (given: string): string => `forMs is a number from 1 to ${LONGEST_MS}, not ${given}`;
const network = needed(text('An address or a network.'), ' is neither an address nor a network');

export const bans = {
  list: route({
    method: 'GET',
    path: '/bans',
    about: 'Those in effect, the latest first: Ban.',
    run: (of) => ({ bans: of.list() }),
  }),
  add: route({
    method: 'POST',
    path: '/bans',
    about: 'Bans a network for a time: Ban.',
    parameters: {
      network,
      forMs: needed(
        number('How long.', { from: 1, to: LONGEST_MS, refusal: timeRefusal }),
        timeRefusal('undefined'),
      ),
      reason: withDefault(text('For the operator.'), ''),
    },
    run: (of, asked) => of.add(narrowNetwork(asked.network), asked.forMs, asked.reason),
  }),
  lift: route({
    method: 'DELETE',
    path: '/bans',
    about: 'Lifts every ban that an address or a network falls under.',
    parameters: { network },
    run: (of, asked) => ({ lifted: of.lift(networkIn(asked.network)) }),
  }),
};

function networkIn(given: string): Network {
  const parsed = parseNetwork(given);
  if (!parsed) throw new ApiRefusal(`${given} is neither an address nor a network`);
  return parsed;
}

function narrowNetwork(given: string): Network {
  const parsed = networkIn(given);
  if (parsed.prefix < WIDEST[parsed.family])
    throw new ApiRefusal(`${given} is too much of the internet: at most /${WIDEST[parsed.family]}`);
  return parsed;
}
