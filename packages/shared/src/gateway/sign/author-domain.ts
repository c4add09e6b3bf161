/** The domain of the author: of the first mailbox in From. Pure. */
import { domainOf } from '../../platform/values/address.ts';
import { authorsOf } from '../../platform/values/authors.ts';

/**
 * Lower-case A-labels; undefined when there is none that could be a domain.
 * @param value octets as Latin-1
 */
export function authorDomain(value: string): string | undefined {
  const [first = ''] = authorsOf(Buffer.from(value, 'latin1').toString());
  const domain = first === '' ? '' : domainOf(first);
  return /^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(domain) && domain.length <= 253 ? domain : undefined;
}
