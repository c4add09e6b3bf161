/** What is learnt of our own submitters: who sends, who is named in From, and how much it has sent. */
import { readStart } from '../../platform/files/read-start.ts';
import type { Charge } from '../contract/subject.ts';
import type { SubmitterOf, Submitting } from '../../platform/values/submitter.ts';
import { HEADER_BYTES, authorsIn } from './authors.ts';
import type { SubmitterLearnable } from './facts.ts';
import type { Inquiry, LearnerOf } from '../contract/learner.ts';

const submittingOf = ({ session: { client, user }, envelope: { reversePath } }: Inquiry): Submitting => ({
  address: client.address,
  reversePath,
  ...(user !== undefined && { user }),
});

export const submitterLearner = (submitterOf: SubmitterOf): LearnerOf<SubmitterLearnable, 'submitter'> => ({
  name: 'submitter',
  stage: 'sender',
  roles: ['submission'],
  learn: (inquiry) => ({ name: submitterOf(submittingOf(inquiry)).name }),
});

/** The addresses in From, where they are checked. */
export const authorLearner = (submitterOf: SubmitterOf): LearnerOf<SubmitterLearnable, 'author'> => ({
  name: 'author',
  stage: 'message',
  roles: ['submission'],
  learn(inquiry) {
    const { body } = inquiry.message!;
    if (!submitterOf(submittingOf(inquiry)).checksFrom) return undefined;
    const { chunks } = body;
    if (chunks?.length === 1) return { from: authorsIn(chunks[0]!) };
    return readStart(body, HEADER_BYTES).then((start) => ({ from: authorsIn(start) }));
  },
});

/** Counts the message, whatever becomes of it. */
export const usageLearner = (charge: Charge): LearnerOf<SubmitterLearnable, 'usage'> => ({
  name: 'usage',
  stage: 'message',
  roles: ['submission'],
  learn: (inquiry) => charge(submittingOf(inquiry), inquiry.recipients.length),
});
