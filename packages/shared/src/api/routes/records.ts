/** What a gateway keeps in files, a JSON document a line: records of messages and refusals, and rows of DMARC reports. */
import { documents, together } from '../kept-lines.ts';
import type { Lines } from '../json-lines.ts';
import { allOf } from '../merged.ts';
import { ApiRefusal, fromText, number, withDefault } from '../parameters.ts';
import { routesOn } from '../route.ts';

const route = routesOn('records');
const NEVER = 999_999_999_999_999;

const since = withDefault(
  number('ms since the epoch; some of before are among them.', {
    from: 0,
    to: NEVER,
    refusal: () => 'since is a time in ms since the epoch',
  }),
  0,
);

const day = fromText('Of this day alone (UTC).', { type: 'string', format: 'date' }, (given) => {
  if (given !== undefined && !/^\d{4}-\d\d-\d\d$/.test(given))
    throw new ApiRefusal('day is written 2026-11-25');
  return given;
});

export const records = {
  lines: route({
    method: 'GET',
    path: '/records',
    about: 'Records of messages and of refused recipients.',
    parameters: { since },
    answer: 'lines',
    run: async (of, asked): Promise<Lines> => {
      await of.flush?.();
      return together(of.records(asked.since));
    },
    /** The others write down what they have in memory; their files are read where all are. */
    async merge(lines, [first, ...others], given, own) {
      const { flush } = await own.records();
      if (flush) await allOf(others, (ask) => readToEnd(ask(lines, { since: NEVER })));
      return first!(lines, given);
    },
  }),
  dmarcRows: route({
    method: 'GET',
    path: '/dmarc/rows',
    about: 'Rows of DMARC reports: DayRow.',
    parameters: { day },
    answer: 'lines',
    run: (of, asked): Lines => together(documents(of.reportRows(asked.day))),
  }),
};

async function readToEnd(lines: Promise<Lines>): Promise<void> {
  for await (const _ of await lines);
}
