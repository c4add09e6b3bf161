/** The keys of submitters put together. */
import { limitNames, type SubmitterLimits } from '../platform/values/submitter.ts';
import type { SubmitterSettings } from './settings/submitters.ts';
import type { Values } from './keys.ts';

export function submitterSettings(values: Values): SubmitterSettings {
  return {
    domains: values['submitters.domains'],
    from: values['submitters.from'],
    by: values['submitters.by'],
    servers: values['submitters.servers']?.map((name) => name.toLowerCase()) ?? null,
    limited: values['submitters.limited'],
    limits: Object.fromEntries(
      limitNames.map((name) => [name, values[`submitters.${name}`]]),
    ) as SubmitterLimits,
    exceptions: values['submitters.exceptions'],
  };
}
