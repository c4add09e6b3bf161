/** The values of the keys of content and attachments, put together. */
import { contentFaults } from '../platform/values/content-faults.ts';
import type { Settings } from './settings.ts';
import type { Values } from './keys.ts';

export const contentSettings = (values: Values): Pick<Settings, 'content' | 'attachments'> => ({
  content: {
    scores: { ...contentFaults, ...Object.fromEntries(values['content.scores']) },
    refuse: values['content.refuse'],
    onFault: values['content.onFault'],
  },
  attachments: {
    refuse: values['attachments.refuse'],
    quarantine: values['attachments.quarantine'],
    suspect: values['attachments.suspect'],
    score: values['attachments.score'],
    unopened: values['attachments.unopened'],
    submitters: values['attachments.submitters'],
    onFault: values['attachments.onFault'],
    depth: values['attachments.depth'],
    unpackBytes: values['attachments.unpack'],
  },
});
