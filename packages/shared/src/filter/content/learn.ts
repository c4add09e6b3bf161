/** What was read of a message, without its text. */
import { after } from '../../platform/fast/after.ts';
import type { ListenerRole } from '../../platform/values/session.ts';
import type { LearnerOf } from '../contract/learner.ts';
import type { ContentLearnable } from './facts.ts';
import type { Contents } from './open-contents.ts';

export const contentLearner = (
  contentOf: Contents['contentOf'],
  roles: readonly ListenerRole[],
): LearnerOf<ContentLearnable, 'content'> => ({
  name: 'content',
  stage: 'message',
  roles,
  learn({ message, session }) {
    return message && after(contentOf(message.body, session), ({ facts }) => facts);
  },
});
