/** What a message holds: faults of its form, attachments, and header fields that rules ask for. */
import type { Settings } from '../../config/settings.ts';
import type { ListenerRole } from '../../platform/values/session.ts';
import type { Subject } from '../contract/subject.ts';
import { attachmentsCheck } from './attachments-check.ts';
import { contentCheck } from './check.ts';
import type { ContentLearnable } from './facts.ts';
import { namedFieldsLearner } from './learn-named-fields.ts';
import { contentLearner } from './learn.ts';

export const content = {
  checks: (settings) => [
    contentCheck(settings.content),
    attachmentsCheck({ ...settings.attachments, roles: rolesOf(settings) }),
  ],
  open: ({ contentOf }) => ({
    configure: (settings: Settings) => [
      contentLearner(contentOf, rolesOf(settings)),
      namedFieldsLearner(fieldsInRules(settings), contentOf),
    ],
  }),
} satisfies Subject<ContentLearnable>;

/** The listeners whose attachments are judged. */
const rolesOf = ({ attachments }: Settings): readonly ListenerRole[] =>
  attachments.submitters ? ['mx', 'submission'] : ['mx'];

/** Lower-case names. */
const fieldsInRules = ({ judge: { rules } }: Settings): ReadonlySet<string> =>
  new Set(
    rules.flatMap(({ when, unless }) =>
      [...(when.header ?? []), ...(unless?.header ?? [])].map(({ name }) => name),
    ),
  );
