/** The sides of a gateway that routes run on. A running gateway has them; those of a stopped gateway are opened when a route needs them. */
import type { Bans } from '../filter/rates-and-bans/bans.ts';
import type { Bayes } from '../filter/bayes/open-bayes.ts';
import type { Learning } from '../filter/bayes/learning.ts';
import type { CheckLocalServers } from '../gateway/dispatch/check-servers.ts';
import type { DrainControl } from '../gateway/compose/draining.ts';
import type { OperatedGateway } from '../gateway/compose/operator-api.ts';
import type { ReloadAnswer } from '../gateway/compose/reload-answer.ts';
import type { OtherNode } from '../gateway/pair/drain.ts';
import type { SenderView } from '../gateway/pair/senders.ts';
import type { Settings } from '../config/settings.ts';
import { keptIn, type KeptFiles } from './kept-lines.ts';
import { QuarantineControl } from './quarantine-control.ts';
import { QueueControl } from './queue-control.ts';
import { TraceControl } from './trace.ts';

export interface Sides {
  queue(): Side<QueueControl>;
  quarantine(): Side<QuarantineControl>;
  traces(): Side<TraceControl>;
  records(): Side<KeptFiles>;
  bayes(): Side<Classifier>;
  localServers(): Side<AskedServers>;
  bans(): Side<Bans>;
  senders(): Side<{ list(): readonly SenderView[] }>;
  draining(): Side<Draining>;
  configuration(): Side<{ reload(): Promise<ReloadAnswer> }>;
}

type Side<T> = T | Promise<T>;

export interface Classifier extends Pick<Bayes, 'learn' | 'status'> {
  readonly learnBody: Learning['learnBody'];
  /** The operator taught it. */
  taught?(about: { readonly messages: number; readonly news: number }): void;
}

export interface AskedServers {
  readonly check: CheckLocalServers;
  settings(): Pick<Settings, 'domains'>;
}

export interface Draining {
  readonly control: DrainControl;
  /** What is known of the other nodes of the pair. */
  others(): readonly OtherNode[];
}

export function runningSides(gateway: OperatedGateway): Sides {
  const { dispatcher, records, log, clock, bans, senders, draining, spool, learning } = gateway;
  const queue = new QueueControl({
    ...gateway,
    change: (id, how) => dispatcher.change(id, how),
    running: gateway,
  });
  const quarantine = new QuarantineControl({
    ...gateway,
    incomingDirectory: spool.incomingDirectory,
    async enqueue(entry, body) {
      await spool.add(entry, body);
      dispatcher.wake(entry);
    },
    learn: (as, body) => learning.learnBody(as, body),
    note(event, about) {
      log.info(`quarantine.${event}`, about);
      records.event({ event, ...about });
    },
  });
  const traces = new TraceControl({ ...gateway, flush: () => records.flush() });
  return {
    queue: () => queue,
    quarantine: () => quarantine,
    traces: () => traces,
    records: () => ({ ...keptIn(gateway.directory), flush: () => records.flush() }),
    bayes: () => ({ ...learning, taught: (about) => log.info('bayes.taught', about) }),
    localServers: () => ({ check: gateway.checkLocalServers, settings: gateway.settings }),
    bans: () => bans,
    senders: () => ({ list: () => senders.list(clock.now()) }),
    draining: () => ({ control: draining, others: () => gateway.partners() }),
    configuration: () => ({ reload: () => gateway.reload() }),
  };
}
