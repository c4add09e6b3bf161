/** Parses options whose value is a list of names, `inbound,disk`, or of shares, `postfix=60,qmail=40`. */
import { UsageError } from './verb.ts';

/**
 * The names in the given order.
 *
 * @throws UsageError
 */
export function namesOf<T extends string>(option: string, text: string, names: readonly T[]): T[] {
  return text.split(',').map((item) => {
    const word = item.trim();
    const known = names.find((name) => name === word);
    if (known !== undefined) return known;
    throw new UsageError(`--${option} is a list of ${names.join(', ')}; ${word} is none of them`);
  });
}

/**
 * Names that are not given have the share 0.
 *
 * @param usual every name with an example share
 * @throws UsageError
 */
export function sharesOf<T extends string>(
  option: string,
  text: string,
  usual: Readonly<Record<T, number>>,
  form = /^\d+$/,
): Record<T, number> {
  const names = Object.keys(usual) as T[];
  const shares = Object.fromEntries(names.map((name) => [name, 0])) as Record<T, number>;
  for (const item of text.split(',')) {
    const [word = '', share = ''] = item.trim().split('=');
    const known = names.find((name) => name === word);
    if (known === undefined || !form.test(share)) {
      const example = names.map((name) => `${name}=${usual[name]}`).join(',');
      throw new UsageError(`--${option} is like ${example}; ${item} is not`);
    }
    shares[known] = Number(share);
  }
  if (names.every((name) => shares[name] === 0)) throw new UsageError(`--${option} names nobody`);
  return shares;
}
