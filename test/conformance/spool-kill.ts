/** Kills a process in the middle of its work with a spool, and tells what it had been promised until then. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Acknowledged {
  /** Added and not touched afterwards. */
  readonly added: string[];
  readonly removed: string[];
  readonly updated: [id: string, dueAt: number][];
}

/** Runs spool-child.ts, which adds, updates and removes without end, and kills it once it has said so often that it did. */
export async function killAfter(module: string, directory: string, lines: number): Promise<Acknowledged> {
  const script = fileURLToPath(new URL('spool-child.ts', import.meta.url));
  const child = spawn(process.execPath, [script, module, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const added = new Set<string>();
  const removed: string[] = [];
  const updated: [string, number][] = [];
  let seen = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const [verb, id = '', dueAt] = line.split(' ');
    if (verb === 'added') added.add(id);
    if (verb === 'removing' || verb === 'updating') added.delete(id);
    if (verb === 'removed') removed.push(id);
    if (verb === 'updated') updated.push([id, Number(dueAt)]);
    if (added.size >= lines && (seen += 1) === 1) child.kill('SIGKILL');
  }
  await exited;
  return { added: [...added], removed, updated };
}
