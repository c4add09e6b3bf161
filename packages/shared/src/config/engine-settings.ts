/** The values of the keys of engines put together. */
import type { EngineSettings } from './settings/engines.ts';
import type { Settings } from './settings.ts';
import type { Values } from './keys.ts';

export const engineSettings = (values: Values): Pick<Settings, 'clamav' | 'rspamd'> => ({
  clamav: {
    ...ofEngine('clamav', values),
    virus: values['clamav.virus'],
    suspicious: values['clamav.suspicious'],
    suspiciousNames: values['clamav.suspiciousNames'],
    suspiciousScore: values['clamav.suspiciousScore'],
    tooBig: values['clamav.tooBig'],
  },
  rspamd: {
    ...ofEngine('rspamd', values),
    passwordFile: values['rspamd.passwordFile'],
    follow: values['rspamd.follow'],
    reject: values['rspamd.reject'],
    markScore: values['rspamd.markScore'],
    weight: values['rspamd.weight'],
  },
});

const ofEngine = (engine: 'clamav' | 'rspamd', values: Values): EngineSettings => ({
  servers: values[`${engine}.servers`],
  roles: values[`${engine}.roles`],
  onFault: values[`${engine}.onFault`],
  maxBytes: values[`${engine}.maxSize`],
  timeoutMs: values[`${engine}.timeout`],
  connections: values[`${engine}.connections`],
  retestMs: values[`${engine}.retest`],
});
