/** The values of `lists.*`, put together. */
import type { ListsSettings } from './settings/dns-lists.ts';
import type { Values } from './keys.ts';

export function listSettings(values: Values): ListsSettings {
  return {
    deny: values['lists.deny'],
    allow: values['lists.allow'],
    domains: values['lists.domains'],
    refuseAt: values['lists.refuseAt'],
    onFault: values['lists.onFault'],
    timeoutMs: values['lists.timeout'],
    testMs: values['lists.test'],
    retestMs: values['lists.retest'],
  };
}
