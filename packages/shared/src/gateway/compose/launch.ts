/**
 * Starts a gateway's process with settings that cannot be changed from within it: it replaces itself, once, with the
 * same pid, the same files open and the same arguments.
 *
 * - V8's heap: a gateway's objects live for milliseconds or for ever. A small nursery and a modest old generation keep
 *   a worker small; by default V8 sizes both after the machine's memory. The nursery is emptied by the main thread:
 *   that is done sooner than its helpers are awake. And nothing is taken for old because much of its kind was kept for two
 *   scavenges, as messages under way may be: what is made old is there until all of the heap is marked.
 * - `MALLOC_ARENA_MAX=2`: glibc gives every thread an arena of its own, and the threads that sync the spool fill them.
 * - `MALLOC_TRIM_THRESHOLD_=131072`: glibc gives freed memory back. By itself it keeps twice as much as the largest block that it
 *   ever gave back, which is 20 MB here.
 * - `MALLOC_MMAP_THRESHOLD_=32768`, where memory is dearer than CPU: what octets of messages are cut from (`platform/memory/slabs.ts`,
 *   Node's own pool) comes from the system and goes back to it. Freed late and in no order in the middle of malloc's heap, it
 *   would stay there.
 * - Run from a checkout, the stripped types are cached beside the dependencies; the tool that strips them takes 30 MB.
 *
 * Whoever sets `MALLOC_ARENA_MAX` chooses for himself: then nothing is done.
 */
import { fileURLToPath } from 'node:url';

export interface Heap {
  /** V8 rounds up to a power of two. It takes twice as much. A larger one costs less CPU. */
  readonly nurseryMegabytes: 8 | 16 | 32;
  /**
   * How much the old generation may grow before it is marked. Octets of messages count for it too: by V8's own measure,
   * messages of 50 KB make it mark all of a gateway's heap after every scavenge, for nothing.
   */
  readonly growingPercent?: number;
  /** Octets of messages are mapped and unmapped: 10 MB less, and up to a tenth more CPU for a relayed message. */
  readonly mapsOctets?: boolean;
}

/** Of each gateway. */
export const heaps = {
  inbound: { nurseryMegabytes: 16, growingPercent: 60 },
  outbound: { nurseryMegabytes: 8, growingPercent: 50, mapsOctets: true },
} as const satisfies Readonly<Record<string, Heap>>;

const heapFlags = ({ nurseryMegabytes, growingPercent }: Heap): string[] => [
  `--min-semi-space-size=${nurseryMegabytes}`,
  `--max-semi-space-size=${nurseryMegabytes}`,
  '--no-parallel-scavenge',
  '--no-allocation-site-pretenuring',
  ...(growingPercent === undefined ? [] : [`--heap-growing-percent=${growingPercent}`]),
  '--max-old-space-size=256',
];

/** The flags of Node and the variables that it is started with. */
export function launchSettings(heap: Heap): {
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
} {
  return {
    flags: heapFlags(heap),
    env: {
      MALLOC_ARENA_MAX: '2',
      MALLOC_TRIM_THRESHOLD_: '131072',
      ...(heap.mapsOctets && { MALLOC_MMAP_THRESHOLD_: '32768' }),
    },
  };
}

export function relaunch(heap: Heap): void {
  const { env, execArgv, execPath, argv } = process;
  if (env['MALLOC_ARENA_MAX'] !== undefined || process.execve === undefined) return;
  const fromCheckout = import.meta.url.endsWith('.ts');
  const cache = fileURLToPath(new URL('../../../../../node_modules/.cache/mailpair', import.meta.url));
  const settings = launchSettings(heap);
  process.execve(execPath, [execPath, ...settings.flags, ...execArgv, ...argv.slice(1)], {
    ...env,
    ...settings.env,
    ...(fromCheckout && env['NODE_COMPILE_CACHE'] === undefined && { NODE_COMPILE_CACHE: cache }),
  });
}
