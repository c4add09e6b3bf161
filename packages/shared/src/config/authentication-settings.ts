/** What is made of SPF, DKIM, ARC and DMARC, of the values of its keys. */
import type { AuthenticationSettings } from './settings/authentication.ts';
import type { Values } from './keys.ts';

export function authenticationSettings(values: Values): AuthenticationSettings {
  return {
    check: values['authentication.check'],
    onFault: values['authentication.onFault'],
    forwarders: values['authentication.forwarders'],
    sealers: values['authentication.sealers'],
    spf: {
      refuse: values['spf.refuse'],
      fail: values['spf.fail'],
      softfail: values['spf.softfail'],
      permerror: values['spf.permerror'],
      none: values['spf.none'],
    },
    dmarc: {
      obey: values['dmarc.obey'],
      fail: values['dmarc.fail'],
      lists: values['dmarc.lists'],
      noDomain: values['dmarc.noDomain'],
    },
    spoofing: { verdict: values['spoofing.verdict'], score: values['spoofing.score'] },
    lookalike: {
      domain: values['lookalike.domain'],
      name: values['lookalike.name'],
      otherAddress: values['lookalike.otherAddress'],
      except: values['lookalike.except'],
    },
  };
}
