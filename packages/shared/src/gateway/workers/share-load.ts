/**
 * The load of a gateway is that of all its workers, and so are its memory and what its quarantine holds: each tells what it measured.
 */
import type { LoadSources } from '../pair/load-meter.ts';
import type { Parts } from '../pair/load.ts';
import type { Sibling } from './siblings.ts';

interface Standing {
  readonly parts: Parts;
  readonly quarantineBytes: number;
  readonly memoryBytes: number;
}

export interface OthersLoad {
  /** For the measuring of the load; absent in a worker that is the only one. */
  readonly load?: NonNullable<LoadSources['others']>;
  quarantineBytes(): number;
  memoryBytes(): number;
}

/** What a worker has itself. */
export interface OwnSizes {
  quarantineBytes(): number;
  memoryBytes(): number;
}

export function shareLoad({ slot, siblings }: Sibling, sizes: OwnSizes): OthersLoad {
  if (slot.of === 1) return { quarantineBytes: () => 0, memoryBytes: () => 0 };
  const others = new Map<number, Standing>();
  let own: Standing | undefined;
  const changed = siblings.add({
    name: 'load',
    news: () => own,
    all: () => own,
    take: (told, from) => void others.set(from, told as Standing),
    gone: (worker) => void others.delete(worker),
  });
  return {
    load: {
      parts: () => [...others.values()].map(({ parts }) => parts),
      tell(parts) {
        own = {
          parts,
          quarantineBytes: sizes.quarantineBytes(),
          memoryBytes: sizes.memoryBytes(),
        };
        changed();
      },
    },
    quarantineBytes: () => [...others.values()].reduce((sum, each) => sum + each.quarantineBytes, 0),
    memoryBytes: () => [...others.values()].reduce((sum, each) => sum + each.memoryBytes, 0),
  };
}
