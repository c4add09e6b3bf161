/** Submitters, and what of their mail is held. Names stand in the query, for they may be long. */
import { allOf, leastOf, mostOf, sumOf } from '../merged.ts';
import { needed, number, text } from '../parameters.ts';
import { routesOn } from '../route.ts';
import type { SubmitterView } from '../submitter-control.ts';

const route = routesOn('queue');

/** Enough for days of mail at once. */
const MOST_PER_MINUTE = 1_000_000;
const rateRefusal = `perMinute is a number from 1 to ${MOST_PER_MINUTE}`;
const byName = { name: needed(text('The submitter.'), 'give the name of a submitter') };

export const submitters = {
  list: route({
    method: 'GET',
    path: '/submitters',
    about: 'Lists submitters that have sent within a day, are held, or have held messages: SubmitterView.',
    run: async ({ submitters: of }) => ({ submitters: await of.list() }),
    join: (all) => ({ submitters: mergeLists(all.flatMap((each) => each.submitters)) }),
  }),
  show: route({
    method: 'GET',
    path: '/submitters/show',
    about: 'One submitter: SubmitterView.',
    parameters: byName,
    mayBeMissing: true,
    run: ({ submitters: of }, { name }) => of.show(name),
    join: (all) => mergeLists(all.filter((view) => view !== undefined))[0],
  }),
  hold: route({
    method: 'POST',
    path: '/submitters/hold',
    about: 'Holds its mail from now on, and what of it is in the queue.',
    parameters: byName,
    run: ({ submitters: of }, { name }) => of.hold(name),
    join: (all) => ({ held: sumOf(all, ({ held }) => held) }),
  }),
  release: route({
    method: 'POST',
    path: '/submitters/release',
    about: 'Lets a submitter send again, and sends its held messages at a limited rate per minute.',
    parameters: {
      ...byName,
      perMinute: needed(
        number('Messages that are let go in a minute.', {
          from: 1,
          to: MOST_PER_MINUTE,
          refusal: () => rateRefusal,
        }),
        rateRefusal,
      ),
    },
    run: ({ submitters: of }, { name, perMinute }) => of.release(name, perMinute),
    async merge(release, asks, { name, perMinute }) {
      const each = Math.max(1, Math.floor(perMinute / asks.length));
      const all = await allOf(asks, (ask) => ask(release, { name, perMinute: each }));
      return {
        released: sumOf(all, ({ released }) => released),
        lastAt: mostOf(all.map(({ lastAt }) => lastAt)),
      };
    },
  }),
  purge: route({
    method: 'DELETE',
    path: '/submitters/held',
    about: 'Drops the held messages of a submitter without a notice. The submitter stays held.',
    parameters: byName,
    run: ({ submitters: of }, { name }) => of.purge(name),
    join: (all) => ({
      removed: sumOf(all, ({ removed }) => removed),
      sizeBytes: sumOf(all, ({ sizeBytes }) => sizeBytes),
    }),
  }),
};

const mergeLists = (views: readonly SubmitterView[]): SubmitterView[] =>
  [...Map.groupBy(views, ({ name }) => name).values()].map(mergeViews);

/** Of one submitter, as each worker has it: who heard of it last knows it best. */
function mergeViews(views: readonly SubmitterView[]): SubmitterView {
  const latest = views.reduce((best, view) => (view.lastAt > best.lastAt ? view : best));
  const waiting = views.map((view) => view.waiting);
  return {
    ...latest,
    held: views.find(({ held }) => held !== null)?.held ?? null,
    waiting: {
      entries: sumOf(waiting, ({ entries }) => entries),
      sizeBytes: sumOf(waiting, ({ sizeBytes }) => sizeBytes),
      oldestAt: leastOf(waiting.map(({ oldestAt }) => oldestAt)),
    },
  };
}
