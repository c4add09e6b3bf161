/**
 * Which blocks of the product, and of the libraries that read for it, have run: V8's own block coverage, by the inspector of this
 * thread. It costs about a millisecond to ask, so it is asked for batches of inputs. Functions that were compiled before it was made
 * are not seen.
 */
import { Session, type Profiler } from 'node:inspector';

const looked =
  /\/packages\/[a-z-]+\/src\/|\/node_modules\/(?:yaml|mailauth|find-my-way|dns-packet|convict)\/|deep-planted\.ts$/;

export class Coverage {
  readonly #session = new Session();
  /** By function the places where blocks begin. V8 reports those only that differ in their count from what is around them. */
  readonly #places = new Map<string, Set<number>>();

  constructor() {
    this.#session.connect();
    this.#post('Profiler.enable');
    this.#post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** Blocks that ran since this was last asked, each by its script and place. */
  ran(): string[] {
    const { result } = this.#post('Profiler.takePreciseCoverage') as Profiler.TakePreciseCoverageReturnType;
    return result.filter(({ url }) => looked.test(url)).flatMap((script) => this.#blocksOf(script));
  }

  #blocksOf({ scriptId, functions }: Profiler.ScriptCoverage): string[] {
    return functions.flatMap(({ ranges: [whole, ...inner] }) => {
      if (!whole || whole.count === 0) return [];
      const name = `${scriptId}:${whole.startOffset}`;
      const places = this.#places.get(name) ?? new Set();
      this.#places.set(name, places);
      for (const { startOffset } of inner) places.add(startOffset);
      return [
        name,
        ...[...places].filter((place) => hasRun(inner, place)).map((place) => `${name}@${place}`),
      ];
    });
  }

  close(): void {
    this.#post('Profiler.stopPreciseCoverage');
    this.#session.disconnect();
  }

  #post(method: string, parameters: object = {}): unknown {
    let given: unknown;
    this.#session.post(method, parameters, (error, answer) => {
      if (error) throw error;
      given = answer;
    });
    return given;
  }
}

/** Ranges lie within each other, the inner ones last. */
const hasRun = (inner: readonly Profiler.CoverageRange[], place: number): boolean =>
  inner.findLast(({ startOffset, endOffset }) => startOffset <= place && place < endOffset)?.count !== 0;
