/** What a promise gives, or what `late` does when that takes longer. Who is late may still reject, unheard. */
export async function inTime<T, L>(ms: number, promise: Promise<T>, late: () => L): Promise<T | L> {
  const deadline = Promise.withResolvers<L>();
  const timer = setTimeout(() => deadline.resolve(late()), ms);
  try {
    return await Promise.race([promise, deadline.promise]);
  } finally {
    clearTimeout(timer);
  }
}
