/**
 * What /api gives of the quarantine.
 *
 *     GET    /quarantine?recipient&sender&prefix&limit&after   QuarantinePage: go on with `after` = `next` until that is null
 *     GET    /quarantine/ID                                    Quarantined
 *     GET    /quarantine/ID/message                            message/rfc822: the octets as received
 *     POST   /quarantine/ID/release?to                         Released; to one recipient, or to all
 *     DELETE /quarantine/ID?to                                 Removed
 *     POST   /quarantine/ID/learn?as=spam | ham                { learned }; the message stays
 */
import type { Route } from '../platform/http/http.ts';
import { Answer } from '../platform/http/http-answer.ts';
import type { QuarantineControl } from './quarantine-control.ts';
import type { QuarantineFilter } from './quarantine-page.ts';

const LARGEST_PAGE = 1_000;

export function quarantineApi(control: QuarantineControl): Route[] {
  const about = (
    method: Route['method'],
    part: string,
    run: (id: string, to: string | undefined) => unknown,
  ): Route => ({
    method,
    path: `/quarantine/:id${part}`,
    run: ({ params, query }) => run(params['id'] ?? '', query['to']),
  });
  return [
    { method: 'GET', path: '/quarantine', run: ({ query }) => list(control, query) },
    about('GET', '', (id) => control.show(id)),
    about('GET', '/message', async (id) => {
      const octets = await control.message(id);
      return octets && new Answer(octets, { headers: { 'content-type': 'message/rfc822' } });
    }),
    about('POST', '/release', (id, to) => control.release(id, to)),
    about('DELETE', '', (id, to) => control.remove(id, to)),
    {
      method: 'POST',
      path: '/quarantine/:id/learn',
      run: ({ params, query: { as } }) =>
        as === 'spam' || as === 'ham'
          ? control.learn(params['id'] ?? '', as)
          : Answer.json({ error: 'as is spam or ham' }, { status: 400 }),
    },
  ];
}

function list(control: QuarantineControl, query: Readonly<Record<string, string>>): unknown {
  const { limit: limitText = '100', after, recipient, sender, prefix } = query;
  const limit = Number(limitText);
  if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_PAGE)
    return Answer.json(
      { error: `limit is a number from 1 to ${LARGEST_PAGE}, not ${limitText}` },
      { status: 400 },
    );
  const filter: QuarantineFilter = {
    ...(recipient !== undefined && { recipient }),
    ...(sender !== undefined && { sender }),
    ...(prefix !== undefined && { prefix }),
  };
  return control.page(filter, limit, after);
}
