/** What a gateway did to its disk and said to its clients, in order. */

export type Deed =
  /** A file is there, if it was not before. */
  | { readonly kind: 'create'; readonly path: string }
  /** `isSynced`: the file was opened so that each write is on disk when it is done (O_SYNC, O_DSYNC). */
  | {
      readonly kind: 'write';
      readonly path: string;
      readonly at: number;
      readonly octets: Buffer;
      readonly isSynced: boolean;
    }
  | { readonly kind: 'truncate'; readonly path: string; readonly sizeBytes: number }
  /** Of a file, or of the names in a directory. */
  | { readonly kind: 'sync'; readonly path: string }
  | { readonly kind: 'link'; readonly from: string; readonly to: string }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'unlink'; readonly path: string }
  | { readonly kind: 'mkdir'; readonly path: string }
  | { readonly kind: 'say'; readonly octets: Buffer };

/** Lines of the recording at which it began and was done; ms since the epoch when it was done. */
export type Operation = Deed & { readonly begin: number; readonly end: number; readonly atMs: number };
