/** Mail that goes in circles. */
import type { Subject } from '../contract/subject.ts';
import { loopCheck } from './check.ts';

export const loop = {
  checks: ({ smtp }) => [loopCheck(smtp.maxHops)],
} satisfies Subject;
