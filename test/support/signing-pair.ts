/** A pair with a directory of DKIM keys, filled before the gateways start; submitters may send whatever they like. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'mocha';
import { openPair, type Pair, type PairOptions } from './pair.ts';

export interface SigningPair extends Pair {
  /** `dkim.keys`. */
  readonly keys: string;
}

export function useSigningPair(options: PairOptions, prepare: (keys: string) => void): () => SigningPair {
  let pair: SigningPair | undefined;
  let ground = '';
  before(async () => {
    ground = mkdtempSync(join(tmpdir(), 'mailpair-keys-'));
    const keys = join(ground, 'dkim');
    mkdirSync(keys);
    prepare(keys);
    const config = { 'dkim.keys': keys, 'submitters.domains': ['*'], 'submitters.limited': 'none' };
    const opened = await openPair({ ...options, config: { ...config, ...options.config } });
    pair = { ...opened, keys };
  });
  after(async () => {
    await pair?.close();
    rmSync(ground, { recursive: true, force: true });
  });
  return () => pair!;
}
