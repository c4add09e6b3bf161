/** What engines beside us said of a message. */

/** Of clamd. */
export type VirusFacts =
  | {
      /** Who was asked. */
      readonly server: string;
      /** The name of the signature that fits; absent when none does. */
      readonly found?: string;
    }
  | {
      /** It cannot be looked at, by whomever and whenever it is asked: why. */
      readonly tooBig: string;
    };

/** Of rspamd. */
export type RspamdFacts =
  | {
      readonly server: string;
      /** `no action`, `greylist`, `add header`, `rewrite subject`, `soft reject`, `reject` … */
      readonly action: string;
      readonly score: number;
      /** Its own score for `reject`. */
      readonly rejectScore: number;
      /** Those that count most, at most 30. */
      readonly symbols: readonly { readonly name: string; readonly score: number }[];
    }
  | { readonly tooBig: string };

export interface EngineLearnable {
  /** What clamd found in the message. */
  readonly virus: VirusFacts;
  /** What rspamd says of it. */
  readonly rspamd: RspamdFacts;
}
