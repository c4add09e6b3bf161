/** The verbs of the `mailpair` command, in the order of its help. */
import { configCheck } from './config-check.ts';
import { configShow } from './config-show.ts';
import { dnsPlan } from './dns-plan.ts';
import { password } from './password.ts';
import type { Verb } from './verb.ts';

export const verbs: readonly Verb[] = [configCheck, configShow, dnsPlan, password];
