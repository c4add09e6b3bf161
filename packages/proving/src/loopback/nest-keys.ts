/** Converts keys with paths to a tree. Pure. */

/** For example `{ 'queue.expire': '5d' }` → `{ queue: { expire: '5d' } }`. */
export function nestKeys(keys: { readonly [path: string]: unknown }): { readonly [name: string]: unknown } {
  const root: { [name: string]: unknown } = {};
  for (const [path, value] of Object.entries(keys)) {
    const names = path.split('.');
    const last = names.pop()!;
    let at = root;
    for (const name of names) at = (at[name] ??= {}) as { [name: string]: unknown };
    at[last] = value;
  }
  return root;
}
