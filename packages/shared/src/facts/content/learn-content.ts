/** What was read of a message, without its text. */
import type { Learner } from '../learner.ts';
import type { Contents } from './open-contents.ts';

export const contentLearner = ({ contentOf }: Pick<Contents, 'contentOf'>): Learner<'content'> => ({
  name: 'content',
  stage: 'message',
  roles: ['mx'],
  learn({ message }) {
    const content = message && contentOf(message.body);
    return content instanceof Promise ? content.then(({ facts }) => facts) : content?.facts;
  },
});
