/** Engines beside us that look at messages. */

/** Where an engine listens: as `connect` of node:net takes it. */
export type EnginePlace = { readonly path: string } | { readonly host: string; readonly port: number };

export interface EngineServerSettings {
  /** As it is shown. */
  readonly name: string;
  readonly place: EnginePlace;
}

/** What every engine beside us has. */
export interface EngineSettings {
  /** None: it is not asked. */
  readonly servers: readonly EngineServerSettings[];
  readonly roles: readonly ('mx' | 'submission')[];
  readonly onFault: 'accept' | 'defer';
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly connections: number;
  readonly retestMs: number;
}

export interface ClamavSettings extends EngineSettings {
  readonly virus: 'reject' | 'quarantine';
  /** Of signatures whose name begins with one of `suspiciousNames`. */
  readonly suspicious: 'reject' | 'quarantine' | 'score';
  readonly suspiciousNames: readonly string[];
  readonly suspiciousScore: number;
  readonly tooBig: 'accept' | 'quarantine' | 'reject';
}

export interface RspamdSettings extends EngineSettings {
  readonly passwordFile: string | null;
  readonly follow: 'action' | 'score';
  readonly reject: 'reject' | 'quarantine';
  readonly markScore: number;
  readonly weight: number;
}
