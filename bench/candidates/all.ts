/** Everything that the bench compares, in the order of the table. */
import type { Candidate } from '../candidate.ts';
import { harakaQueue, harakaRelay } from './haraka.ts';
import { mailpairJudged, mailpairQueue, mailpairRelay } from './mailpair.ts';
import { postfixQueue, postfixRelay, postfixRspamd } from './postfix.ts';

export const candidates: readonly Candidate[] = [
  mailpairRelay,
  postfixRelay,
  harakaRelay,
  mailpairQueue,
  postfixQueue,
  harakaQueue,
  mailpairJudged,
  postfixRspamd,
];
