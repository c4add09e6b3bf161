/**
 * Where a Node program spent its time, from a V8 CPU profile of its main thread.
 *
 * The profiler looks at the clock, not at the CPU: where another process takes the core in the middle of a system
 * call, as a receiver does that `write` has just woken, its time is counted there too.
 */

/** The part of a .cpuprofile that is used here. */
export interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: CallFrame }[];
  /** The node that was on top at each sample, and the time since the sample before, in µs. */
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

export interface Share {
  readonly name: string;
  readonly ms: number;
  /** Of the time that the main thread was busy. */
  readonly share: number;
}

/** Waiting is not work. */
const waiting = new Set(['(idle)', '(root)']);

/** Functions by the time spent in themselves, not in what they call. */
export const sharesOfFunctions = (profile: CpuProfile): Share[] => sharesBy(profile, functionOf);

/** The same, added up by library, stage or system call. */
export const sharesOfParts = (profile: CpuProfile): Share[] => sharesBy(profile, partOf);

function sharesBy(profile: CpuProfile, nameOf: (frame: CallFrame) => string): Share[] {
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const times = new Map<string, number>();
  profile.samples.forEach((id, index) => {
    const frame = frames.get(id);
    if (!frame || waiting.has(frame.functionName)) return;
    const name = nameOf(frame);
    times.set(name, (times.get(name) ?? 0) + (profile.timeDeltas[index] ?? 0) / 1000);
  });
  const busy = [...times.values()].reduce((sum, ms) => sum + ms, 0);
  return [...times].map(([name, ms]) => ({ name, ms, share: ms / busy })).toSorted((a, b) => b.ms - a.ms);
}

const pathOf = ({ url }: CallFrame): string =>
  url.replace(/^file:\/\//, '').replace(/^.*\/(node_modules|packages)\//, '');

function functionOf(frame: CallFrame): string {
  const name = frame.functionName || '(anonymous)';
  return frame.url ? `${name} ${pathOf(frame)}:${frame.lineNumber + 1}` : name;
}

function partOf(frame: CallFrame): string {
  if (frame.url.startsWith('node:')) return 'node';
  if (frame.url === '') return functionOf(frame);
  const [library = '', ...rest] = pathOf(frame).split('/');
  if (frame.url.includes('/node_modules/'))
    return library.startsWith('@') ? `${library}/${rest[0]}` : library;
  // Behind `src` or `dist` come at most two folders: the layer and the part of it.
  const folders = rest.slice(1, -1).slice(0, 2);
  return folders.length === 0 ? library : `${library} ${folders.join('/')}/`;
}
