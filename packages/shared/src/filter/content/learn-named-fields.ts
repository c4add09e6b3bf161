/** The header fields that the operator's rules ask for, decoded and shortened; the others stay out of facts and records. */
import type { ContentLearnable, NamedFields } from './facts.ts';
import { after } from '../../platform/fast/after.ts';
import type { Body } from '../../platform/values/body.ts';
import type { Content } from '../../platform/values/content.ts';
import type { Session } from '../../platform/values/session.ts';
import type { LearnerOf } from '../contract/learner.ts';

const LONGEST_VALUE = 500;
const MOST_OF_A_NAME = 20;

export const namedFieldsLearner = (
  names: ReadonlySet<string>,
  contentOf: (body: Body, session: Session) => Content | Promise<Content>,
): LearnerOf<ContentLearnable, 'namedFields'> => ({
  name: 'namedFields',
  stage: 'message',
  roles: ['mx', 'submission'],
  learn({ message, session }) {
    if (!message || names.size === 0) return undefined;
    return after(contentOf(message.body, session), (content) => named(content, names));
  },
});

function named({ fields }: Content, names: ReadonlySet<string>): NamedFields {
  const found: Record<string, string[]> = {};
  for (const [name, value] of fields) {
    if (!names.has(name)) continue;
    const values = (found[name] ??= []);
    if (values.length < MOST_OF_A_NAME) values.push(value.slice(0, LONGEST_VALUE));
  }
  return found;
}
