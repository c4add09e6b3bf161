/**
 * Calls `then` with a value: at once if the value is at hand, later if it is a promise. An `await` costs a turn of the microtask
 * queue and several objects also where nothing has to be waited for, and most questions about a message are answered at once.
 *
 * @returns what `then` returns; a promise if `value` or that is one. What `then` throws at once is thrown.
 */
export const after = <T, R>(value: T | Promise<T>, then: (value: T) => R | Promise<R>): R | Promise<R> =>
  value instanceof Promise ? value.then(then) : then(value);
