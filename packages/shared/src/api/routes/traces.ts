/** What happened to messages. */
import { ApiRefusal, fromText, needed } from '../parameters.ts';
import { routesOn } from '../route.ts';
import type { Trace } from '../trace.ts';

const MOST = 200;

const refusal = 'about is an id, a Message-ID or an address';
const subject = fromText(
  'An id, a Message-ID or an address; @example.com is a whole domain.',
  { type: 'string', minLength: 3 },
  (given = '') => {
    if (given.length < 3) throw new ApiRefusal(refusal);
    return given;
  },
);
const limit = fromText(
  'Traces at most. A number outside of the range is taken as its end.',
  { type: 'integer', minimum: 1, maximum: MOST, default: 20 },
  (given = '20') => Math.min(Math.max(Math.trunc(Number(given)) || 1, 1), MOST),
);

export const traces = {
  find: routesOn('traces')({
    method: 'GET',
    path: '/trace',
    about: 'What happened to messages, the newest first: Trace.',
    parameters: { about: needed(subject, refusal), limit },
    run: async (of, asked) => ({ traces: await of.find(asked.about, asked.limit) }),
    join: (all, { limit: most }) => {
      const newestFirst = all.flatMap((each) => each.traces).toSorted((a, b) => timeOf(b) - timeOf(a));
      return { traces: newestFirst.slice(0, most) };
    },
  }),
};

const timeOf = ({ message, refusal, events, queue, quarantine }: Trace): number =>
  message?.at ?? refusal?.at ?? events[0]?.at ?? queue[0]?.receivedAt ?? quarantine?.receivedAt ?? 0;
