/**
 * What of a limit is one worker's part, where workers cannot tell each other in time or need not: connections to others, sessions
 * kept waiting, room for records. The parts together are no more than the limit, or one each. Pure.
 */
import type { Settings } from '../../config/settings.ts';
import type { Slot } from './slot.ts';

export function settingsOfWorker(settings: Settings, { of }: Slot): Settings {
  if (of === 1) return settings;
  const part = (all: number): number => (all === 0 ? 0 : Math.max(1, Math.floor(all / of)));
  const { send, clamav, rspamd, harvest, records, limits } = settings;
  return {
    ...settings,
    send: {
      ...send,
      connectionsPerHop: part(send.connectionsPerHop),
      connectionsTotal: part(send.connectionsTotal),
    },
    clamav: { ...clamav, connections: part(clamav.connections) },
    rspamd: { ...rspamd, connections: part(rspamd.connections) },
    harvest: { ...harvest, tarpitSessions: part(harvest.tarpitSessions) },
    limits: { ...limits, memoryForMessagesBytes: part(limits.memoryForMessagesBytes) },
    records: { ...records, maxBytes: part(records.maxBytes) },
  };
}
