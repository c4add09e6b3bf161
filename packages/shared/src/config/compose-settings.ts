/** The values of all keys put in their places, and what is derived of several of them. */
import { keys } from './keys.ts';
import type { Values } from './keys.ts';
import { settingsOf } from './schema/place.ts';
import { scoresOfFaults } from './sections/content.ts';
import { domainsOf } from './sections/domains.ts';
import { rolesOf } from './sections/both-roles.ts';
import { withLowerCaseServers } from './sections/submitters.ts';
import type { Settings } from './settings.ts';

export function composeSettings(file: string, values: Values, written: Settings['written'] = {}): Settings {
  const read = settingsOf(keys, values);
  return {
    ...read,
    ...rolesOf(read),
    file,
    domains: domainsOf(read),
    content: { ...read.content, scores: scoresOfFaults(read.content.scores) },
    submitters: withLowerCaseServers(read.submitters),
    keys: values,
    written,
  };
}
