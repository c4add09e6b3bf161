/** The messages in quarantine: listed, shown, released, deleted, taught to the classifier. */
import { bodyOf } from '../../smtp/server/message-data.ts';
import { buffer } from 'node:stream/consumers';
import { firstOf, mergePages } from '../merged.ts';
import { entryId, needed, oneOf, pageParameters, text } from '../parameters.ts';
import { routesOn } from '../route.ts';

const route = routesOn('quarantine');
const byId = { id: entryId };
const toSome = { ...byId, to: text('For this recipient or @domain alone; without it for all.') };
const kindRefusal = 'as is spam or ham';

const message = route({
  method: 'GET',
  path: '/quarantine/:id/message',
  about: 'The octets as received.',
  parameters: byId,
  answer: 'message',
  mayBeMissing: true,
  run: (of, { id }) => of.message(id),
});

export const quarantine = {
  page: route({
    method: 'GET',
    path: '/quarantine',
    about:
      'A page of the quarantine by time of receipt: { items: QuarantineItem[], next }. Go on with `after` = `next` until that is null.',
    parameters: {
      recipient: text('Kept from this recipient, or from one in @example.com.'),
      sender: text('With this reverse-path; <> is the null one, @example.com a whole domain.'),
      prefix: text('How the id begins.'),
      ...pageParameters,
    },
    run: (of, { limit, after, ...filter }) => of.page(filter, limit, after),
    join: (pages, { limit = Infinity }) => mergePages(pages, limit),
  }),
  show: route({
    method: 'GET',
    path: '/quarantine/:id',
    about: 'One message: Quarantined.',
    parameters: byId,
    mayBeMissing: true,
    run: (of, { id }) => of.show(id),
  }),
  message,
  release: route({
    method: 'POST',
    path: '/quarantine/:id/release',
    about: 'Puts a message into the queue: Released. No check sees it again.',
    parameters: toSome,
    mayBeMissing: true,
    run: (of, { id, to }) => of.release(id, to),
  }),
  remove: route({
    method: 'DELETE',
    path: '/quarantine/:id',
    about: 'Deletes a message without a notice: Removed.',
    parameters: toSome,
    mayBeMissing: true,
    run: (of, { id, to }) => of.remove(id, to),
  }),
  learn: route({
    method: 'POST',
    path: '/quarantine/:id/learn',
    about: 'Teaches the classifier what a message is. The message stays.',
    parameters: {
      ...byId,
      as: needed(
        oneOf('What it is.', ['spam', 'ham'], () => kindRefusal),
        kindRefusal,
      ),
    },
    mayBeMissing: true,
    run: (of, { id, as }) => of.learn(id, as),
    /** It is learnt by the face, which tells the others. */
    async merge(_learn, asks, { id, as }, own) {
      const octets = await firstOf(asks, (ask) => ask(message, { id }));
      if (!octets) return undefined;
      return { learned: await (await own.bayes()).learnBody(as, bodyOf(await buffer(octets))) };
    },
  }),
};
