/** A body in memory. Its hash is wanted only when it is queued, so it waits to be asked. */
import { createHash, hash } from 'node:crypto';
import type { Body, Loan } from '../../platform/values/body.ts';
import { countReceived } from './received.ts';

export interface MemoryBodyFacts {
  readonly sizeBytes: number;
  readonly eightBit: boolean;
  readonly isTransparent: boolean;
  /** Gets the chunks back, and takes them out of their array. */
  readonly lender?: { drop(): void } | undefined;
}

export class MemoryBody implements Body {
  readonly chunks: readonly Buffer[];
  readonly sizeBytes: number;
  readonly eightBit: boolean;
  readonly isTransparent: boolean;
  readonly loan?: Loan;
  #sha256: string | undefined;

  constructor(chunks: readonly Buffer[], { sizeBytes, eightBit, isTransparent, lender }: MemoryBodyFacts) {
    this.chunks = chunks;
    this.sizeBytes = sizeBytes;
    this.eightBit = eightBit;
    this.isTransparent = isTransparent;
    if (lender) this.loan = loanOf(lender);
  }

  get sha256(): string {
    return (this.#sha256 ??= sha256Of(this.chunks));
  }

  get hops(): number {
    return countReceived(this.chunks);
  }
}

function sha256Of(chunks: readonly Buffer[]): string {
  const [only] = chunks;
  if (only && chunks.length === 1) return hash('sha256', only);
  const all = createHash('sha256');
  for (const chunk of chunks) all.update(chunk);
  return all.digest('hex');
}

function loanOf(lender: { drop(): void }): Loan {
  let holders = 1;
  return {
    hold: () => void (holders += 1),
    letGo: () => {
      holders -= 1;
      if (holders === 0) lender.drop();
    },
  };
}
