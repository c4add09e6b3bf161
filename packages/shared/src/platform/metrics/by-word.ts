/** Counts under a word, bound the first time it is seen. */
export function byWord<K extends string>(bind: (key: K) => () => void): (key: K) => void {
  const bound = new Map<K, () => void>();
  return (key) => {
    let count = bound.get(key);
    if (!count) bound.set(key, (count = bind(key)));
    count();
  };
}
