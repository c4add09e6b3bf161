/** What the sessions of a listener report of connections and of themselves: logged and counted. */
import type { SessionHooks } from '../../smtp/server/listener.ts';
import type { Log } from '../../platform/log/log.ts';
import type { Metrics } from '../../platform/metrics/metrics.ts';
import { replies } from '../../platform/values/reply.ts';
import type { ListenerRole } from '../../platform/values/session.ts';

type Report = 'turnedAway' | 'unserved' | 'connect' | 'noRoom' | 'refused' | 'closed' | 'fault';

export function sessionReports(role: ListenerRole, log: Log, metrics: Metrics) {
  return {
    turnedAway(reason, peer, listener) {
      metrics.turnedAway();
      log.info('session.turned-away', { listener, peer: peer.address, reason });
    },
    unserved(reason, client, listener) {
      metrics.unserved(reason);
      log.info('connection.unserved', { listener, client: client.address, reason });
    },
    connect({ id, listener, client, balancer, isCheck }) {
      if (!isCheck) metrics.session(role);
      log.debug('session.opened', { session: id, listener, client: client.address, balancer });
      return null;
    },
    noRoom(sizeBytes, { id, listener, client }) {
      metrics.limited('memory');
      log.info('message.no-room', { session: id, listener, client: client.address, sizeBytes });
    },
    refused(reply, { id, listener, client }, protocol) {
      metrics.refusedSession(reply.code);
      if (protocol) metrics.foreignProtocol(protocol);
      if (reply === replies.givesWay) metrics.limited('room');
      log.info('session.refused', { session: id, listener, client: client.address, reply, protocol });
    },
    closed: ({ id }) => log.debug('session.closed', { session: id }),
    fault: (error, { id }) => log.error('session.fault', { session: id, err: error }),
  } satisfies Pick<SessionHooks, Report>;
}
