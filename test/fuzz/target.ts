/** What is fuzzed: one part of the product that reads octets of others, with inputs to begin from and what must hold for each. */

export interface Target {
  readonly name: string;
  /** Inputs to begin from; not empty. */
  readonly seeds: readonly Buffer[];
  /** Texts that mean something to it, as Latin-1. */
  readonly words: readonly string[];
  /** Octets of the longest input. */
  readonly longestBytes: number;
  /** CPU that one input may cost at most, of this machine, by far. */
  readonly budgetMs: number;
  /** What it may keep for later, besides what every target may. */
  readonly keptBytes?: number;
  /** An input takes milliseconds: the code it reached is asked for more often. */
  readonly isSlow?: true;
  /** @throws Breach when something does not hold; whatever else it throws has escaped from the product */
  run(input: Buffer): void | Promise<void>;
  close?(): Promise<void>;
}

export interface TargetFile {
  readonly name: string;
  open(): Target | Promise<Target>;
}

/** Something that must hold does not. The first words say what, the rest differs from input to input. */
export class Breach extends Error {
  override name = 'Breach';
}

export function must(holds: boolean, what: string, about?: unknown): asserts holds {
  if (!holds)
    throw new Breach(about === undefined ? what : `${what}: ${JSON.stringify(about)?.slice(0, 300)}`);
}

/** The octets cut into pieces at places that follow from the octets. */
export function* piecesOf(octets: Buffer, salt = 0): Iterable<Buffer> {
  let state = (octets.length * 31 + salt) >>> 0;
  for (let at = 0; at < octets.length;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223 + octets[at]!) >>> 0;
    const length = 1 + ((state >>> 16) % (state >>> 28 < 10 ? 4 : 200));
    yield octets.subarray(at, at + length);
    at += length;
  }
}
