/** The values of `clients.*`, `rates.*`, `harvest.*` and `greylist.*`, put together. */
import type { Settings } from './settings.ts';
import type { ClientSettings } from './settings/clients.ts';
import type { Values } from './keys.ts';

export function clientSettings(values: Values): ClientSettings {
  return {
    noName: values['clients.noName'],
    unconfirmedName: values['clients.unconfirmedName'],
    genericName: values['clients.genericName'],
    refuseOurName: values['clients.refuseOurName'],
    ourName: values['clients.ourName'],
    hostedName: values['clients.hostedName'],
    wrongAddress: values['clients.wrongAddress'],
    bareWord: values['clients.bareWord'],
    unknownName: values['clients.unknownName'],
    earlyTalker: values['clients.earlyTalker'],
  };
}

export function conductSettings(values: Values): Pick<Settings, 'rates' | 'harvest' | 'greylist'> {
  return {
    rates: {
      connectionsPerClient: values['rates.connectionsPerClient'],
      connectionsPerNetwork: values['rates.connectionsPerNetwork'],
      messagesPerClient: values['rates.messagesPerClient'],
      messagesPerNetwork: values['rates.messagesPerNetwork'],
      messagesPerSender: values['rates.messagesPerSender'],
      recipientsPerClient: values['rates.recipientsPerClient'],
      exempt: values['rates.exempt'],
    },
    harvest: {
      credit: values['harvest.credit'],
      refillMs: values['harvest.refill'],
      tarpitMs: values['harvest.tarpit'],
      tarpitSessions: values['harvest.tarpitSessions'],
      banMs: values['harvest.ban'],
    },
    greylist: {
      mode: values['greylist.mode'],
      suspiciousAt: values['greylist.suspiciousAt'],
      delayMs: values['greylist.delay'],
      windowMs: values['greylist.window'],
      keepMs: values['greylist.keep'],
    },
  };
}
