/** The recorded operations of a gateway on its disk and its replies to clients, in order. */

export type Deed =
  /** The file exists; it is created if it did not. */
  | { readonly kind: 'create'; readonly path: string }
  /** `isSynced`: the file was opened with O_SYNC or O_DSYNC, so each write is on disk when it completes. */
  | {
      readonly kind: 'write';
      readonly path: string;
      readonly at: number;
      readonly octets: Buffer;
      readonly isSynced: boolean;
    }
  | { readonly kind: 'truncate'; readonly path: string; readonly sizeBytes: number }
  /** Syncs a file, or the names in a directory. */
  | { readonly kind: 'sync'; readonly path: string }
  | { readonly kind: 'link'; readonly from: string; readonly to: string }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'unlink'; readonly path: string }
  | { readonly kind: 'mkdir'; readonly path: string }
  | { readonly kind: 'say'; readonly octets: Buffer };

/**
 * The lines of the recording at which the operation began and completed, and the time of completion in ms
 * since the epoch.
 */
export type Operation = Deed & { readonly begin: number; readonly end: number; readonly atMs: number };
