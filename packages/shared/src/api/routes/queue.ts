/** The entries of the queue: listed, shown, held, released, attempted now, removed. */
import { mergeLines } from '../merged-lines.ts';
import { allOf, mergePages, sumOf } from '../merged.ts';
import { ApiRefusal, entryId, flag, oneOf, pageParameters, text } from '../parameters.ts';
import type { Changed, Selection } from '../queue-changes.ts';
import type { QueueState } from '../queue-item.ts';
import { routesOn } from '../route.ts';

const route = routesOn('queue');
const states: readonly QueueState[] = ['due', 'deferred', 'held'];
const byId = { id: entryId };

export const queue = {
  page: route({
    method: 'GET',
    path: '/queue',
    about:
      'A page of the queue by time of receipt: { items: QueueItem[], next }. Go on with `after` = `next` until that is null.',
    parameters: {
      domain: text('With an open recipient in this domain, or bound for this next hop.'),
      sender: text('With this reverse-path; <> is the null one, @example.com a whole domain.'),
      recipient: text('With this open recipient, or one in @example.com.'),
      submitter: text('Sent by this submitter.'),
      state: oneOf('In this state.', states, (given) => `state is ${states.join(', ')}, not ${given}`),
      prefix: text('How the id begins.'),
      ...pageParameters,
    },
    run: (of, { limit, after, ...filter }) => of.page(filter, limit, after),
    join: (pages, { limit = Infinity }) => mergePages(pages, limit),
  }),
  lines: route({
    method: 'GET',
    path: '/queue/lines',
    about: 'All entries by time of receipt, one a line: {"id", "nextHops", "entry"}.',
    answer: 'lines',
    run: (of) => of.lines(),
    merge: async (lines, asks) => mergeLines(await allOf(asks, (ask) => ask(lines, {}))),
  }),
  show: route({
    method: 'GET',
    path: '/queue/:id',
    about: 'One entry: Entry.',
    parameters: byId,
    mayBeMissing: true,
    run: (of, { id }) => of.show(id),
  }),
  why: route({
    method: 'GET',
    path: '/queue/:id/why',
    about: 'Why an entry is still in the queue, and what happens next: Why.',
    parameters: byId,
    mayBeMissing: true,
    run: (of, { id }) => of.why(id),
  }),
  message: route({
    method: 'GET',
    path: '/queue/:id/message',
    about: 'The message as it would be sent: our header fields, then the octets as received.',
    parameters: byId,
    answer: 'message',
    mayBeMissing: true,
    run: (of, { id }) => of.message(id),
  }),
  retry: changeMany('retry', 'Makes entries due now and ends the rests of their next hops: Changed.'),
  hold: changeMany('hold', 'Makes no attempts until the entries are released: Changed.'),
  release: changeMany('release', 'Lets held entries go: Changed.'),
  retryOne: changeOne('retry', 'Makes an entry due now: Changed.'),
  holdOne: changeOne('hold', 'Makes no attempts until the entry is released: Changed.'),
  releaseOne: changeOne('release', 'Lets a held entry go: Changed.'),
  remove: route({
    method: 'DELETE',
    path: '/queue/:id',
    about: 'Removes an entry for good: Entry, as it was. No bounce is sent.',
    parameters: byId,
    mayBeMissing: true,
    run: (of, { id }) => of.remove(id),
  }),
};

type Verb = 'retry' | 'hold' | 'release';

function changeMany(verb: Verb, about: string) {
  return route({
    method: 'POST',
    path: `/queue/${verb}`,
    about,
    parameters: {
      id: text('This entry.'),
      domain: text('Those with a recipient in this domain, or bound for this next hop.'),
      all: flag('All entries.'),
    },
    run: (of, asked) => of[verb](selectionOf(asked, verb)),
    join: sumChanged,
  });
}

function changeOne(verb: Verb, about: string) {
  return route({
    method: 'POST',
    path: `/queue/:id/${verb}`,
    about,
    parameters: byId,
    mayBeMissing: true,
    run: async (of, { id }) => foundOnly(await of[verb]({ id })),
  });
}

function selectionOf(
  {
    id,
    domain,
    all,
  }: { readonly id?: string | undefined; readonly domain?: string | undefined; readonly all: boolean },
  verb: Verb,
): Selection {
  const given: Selection[] = [
    ...(id ? [{ id }] : []),
    ...(domain ? [{ domain }] : []),
    ...(all ? (['all'] as const) : []),
  ];
  if (given.length !== 1)
    throw new ApiRefusal(`give one of id, domain and all=true: which entries to ${verb}`);
  return given[0]!;
}

const foundOnly = (result: Changed): Changed | undefined =>
  result.changed + result.unchanged > 0 ? result : undefined;

function sumChanged(all: readonly Changed[]): Changed {
  return {
    changed: sumOf(all, ({ changed }) => changed),
    unchanged: sumOf(all, ({ unchanged }) => unchanged),
  };
}
