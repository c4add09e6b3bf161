/** The verbs of the `mailpair` command, in the order of its help. */
import { configCheck } from './config-check.ts';
import { configShow } from './config-show.ts';
import { dnsPlan } from './dns-plan.ts';
import { password } from './password.ts';
import { queueHold, queueRelease, queueRetry } from './queue-change.ts';
import { queueExport } from './queue-export.ts';
import { queueList } from './queue-list.ts';
import { queueRemove } from './queue-remove.ts';
import { queueShow } from './queue-show.ts';
import { queueWhy } from './queue-why.ts';
import { status } from './status.ts';
import type { Verb } from './verb.ts';

const queueVerbs = [
  queueList,
  queueShow,
  queueWhy,
  queueRetry,
  queueHold,
  queueRelease,
  queueRemove,
  queueExport,
];

export const verbs: readonly Verb[] = [configCheck, configShow, dnsPlan, status, ...queueVerbs, password];
