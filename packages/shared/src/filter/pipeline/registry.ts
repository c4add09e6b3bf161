/**
 * The one list of what is learnt and what is checked: a line for each subject, which its folder exports as `subject.ts`. Checks run
 * in this order; greylisting is the last, for it weighs what the others found.
 */
import type { Settings } from '../../config/settings.ts';
import { bayes } from '../bayes/subject.ts';
import { clientName } from '../client-name/subject.ts';
import { content } from '../content/subject.ts';
import type { Check } from '../contract/check.ts';
import type { Subject } from '../contract/subject.ts';
import { dkimDmarcArc } from '../dkim-dmarc-arc/subject.ts';
import { dnsLists } from '../dns-lists/subject.ts';
import { engines } from '../engines/subject.ts';
import { greylist } from '../greylist/subject.ts';
import { loop } from '../loop/subject.ts';
import { spf } from '../spf/subject.ts';
import { submitters } from '../submitters/subject.ts';
import type { Learnable } from './facts.ts';

export const subjects: readonly Subject<Learnable>[] = [
  loop,
  clientName,
  dnsLists,
  content,
  engines,
  bayes,
  spf,
  dkimDmarcArc,
  submitters,
  greylist,
];

/** Pure, so that what was learnt once can be judged again by other settings. */
export const checksOf = (settings: Settings): readonly Check<Learnable>[] =>
  subjects.flatMap((subject) => subject.checks(settings));
