/** The values of `publish.*`, put together. */
import type { PublishSettings } from './settings/publish.ts';
import type { Values } from './keys.ts';

export function publishSettings(values: Values): PublishSettings {
  return {
    zones: values['publish.zones'],
    ttlMs: values['publish.ttl'],
    addressTtlMs: values['publish.addressTtl'],
    spf: { terms: values['publish.spf.terms'], all: values['publish.spf.all'] },
    texts: values['publish.texts'],
    dmarc: { policy: values['publish.dmarc.policy'], rua: values['publish.dmarc.rua'] },
    mtaSts: {
      mode: values['publish.mtaSts.mode'],
      maxAgeMs: values['publish.mtaSts.maxAge'],
      host: values['publish.mtaSts.host'],
    },
    tlsRpt: { rua: values['publish.tlsRpt.rua'] },
    tlsa: values['publish.tlsa'],
    certificates: values['publish.certificates'],
    caa: values['publish.caa'],
  };
}
