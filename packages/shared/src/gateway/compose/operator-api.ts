/**
 * The joint between a gateway and the operator's interface: the gateway says what it gives, and the layer above (api/) makes the
 * routes of it.
 */
import type { Bans } from '../../filter/rates-and-bans/bans.ts';
import type { Learning } from '../../filter/bayes/learning.ts';
import type { ListState } from '../../filter/dns-lists/watched-list.ts';
import type { EngineState } from '../../filter/engines/engine-servers.ts';
import type { JudgingState } from '../../filter/pipeline/judging-state.ts';
import type { Settings } from '../../config/settings.ts';
import type { Certificate } from '../../config/tls.ts';
import type { ApiCaller } from '../../platform/http/api-caller.ts';
import type { Route } from '../../platform/http/http.ts';
import type { Log } from '../../platform/log/log.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { RoleName } from '../../platform/values/role-name.ts';
import type { SignInState } from '../../platform/values/sign-in-state.ts';
import type { Door } from '../pair/admission.ts';
import type { Load } from '../pair/load.ts';
import type { PartnerView } from '../pair/partner-view.ts';
import type { DrainControl } from './draining.ts';
import type { MailPath } from './mail-path.ts';
import type { ReloadAnswer } from './reload-answer.ts';

/** Makes the routes of the operator's interface, for the HTTP listener of the gateway. */
export type OperatorApi = (gateway: OperatedGateway) => readonly Route[];

/** A running gateway, or one worker of it. */
export interface OperatedGateway extends Pick<
  MailPath,
  | 'spool'
  | 'ledger'
  | 'dispatcher'
  | 'quarantine'
  | 'records'
  | 'nextId'
  | 'rest'
  | 'localServers'
  | 'checkLocalServers'
  | 'senders'
  | 'dns'
> {
  readonly role: RoleName;
  readonly host: string;
  /** The directory of this worker's slot; that of the face is the spool directory. */
  readonly directory: string;
  settings(): Settings;
  readonly clock: Clock;
  readonly log: Log;
  /** The other workers, for which the face answers too; none for those. */
  readonly workers: readonly ApiCaller[];

  readonly bans: Bans;
  readonly learning: Pick<Learning, 'learn' | 'learnBody' | 'status'>;
  readonly signIns: { state(): SignInState };

  /** Open sessions. */
  sessions(): number;
  certificate(): Certificate;
  load(): Load;
  /** Whether clients are let in. */
  door(): Door;
  /** A message waits for its turn. */
  hasDue(): boolean;
  /** The other nodes of the pair. */
  partners(): readonly PartnerView[];
  /** The lists in DNS. */
  lists(): readonly ListState[];
  /** The servers of the engines. */
  engines(): readonly EngineState[];
  judging(): JudgingState;
  disk(): { readonly freeBytes: number; readonly minFreeBytes: number };
  readonly draining: DrainControl;
  /** Reads the configuration again. */
  reload(): Promise<ReloadAnswer>;
}
