/** What senders do when they are refused. */
import { routesOn } from '../route.ts';

export const senders = {
  list: routesOn('senders')({
    method: 'GET',
    path: '/senders',
    about: 'What each sender does when it is refused: SenderView. Times are ms since the epoch.',
    run: (of) => ({ senders: of.list() }),
  }),
};
