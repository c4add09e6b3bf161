/** Whom a header section names as its authors, and why nobody can say who they are. Pure. */
import type { UndecidedAuthors } from './facts.ts';
import { domainOf } from '../../platform/values/address.ts';
import { MOST_DOMAINS, readAuthors, type Mailbox } from '../../platform/values/authors.ts';
import { domainsNamedIn } from '../../platform/values/named-domains.ts';
import { decodeText } from '../mime/charset.ts';
import { decodeWords } from '../mime/encoded-words.ts';
import { MOST_FROM_FIELDS, valueOf, type Field, type HeaderSection } from './header-section.ts';

export interface SectionAuthors {
  /** As a reader sees them, at most ten; those of a domain that was not named before come first. */
  readonly mailboxes: readonly Mailbox[];
  /** At most `MOST_DOMAINS`. */
  readonly domains: readonly string[];
  readonly hasMoreDomains: boolean;
  readonly undecided?: UndecidedAuthors;
}

const MAILBOXES = 10;
/** Texts of strangers are cut after this. */
const CHARACTERS = 300;

export function authorsOfSection({ from, isCut }: HeaderSection): SectionAuthors {
  const fields = from.map(authorsOfField);
  const all = [...new Set(fields.flatMap(({ domains }) => domains))];
  const hasMoreDomains =
    all.length > MOST_DOMAINS ||
    from.length >= MOST_FROM_FIELDS ||
    fields.some((field) => field.hasMoreDomains);
  const undecided = reasonOf();
  return {
    mailboxes: firstOfEachDomain(fields.flatMap(({ mailboxes }) => mailboxes)),
    domains: all.slice(0, MOST_DOMAINS),
    hasMoreDomains,
    ...(undecided && { undecided }),
  };

  function reasonOf(): UndecidedAuthors | undefined {
    if (isCut) return 'header-too-long';
    if (fields.length === 0) return 'no-from-field';
    if (fields.length > 1) return 'multiple-from-fields';
    if (hasMoreDomains) return 'too-many-author-domains';
    return all.length === 0 && !fields[0]!.isReadable ? 'unreadable-from' : undefined;
  }
}

/** Where it has no address, or what is none, encoded words are read as well: they are shown decoded. */
function authorsOfField(field: Field): ReturnType<typeof readAuthors> {
  const value = decodeText(Buffer.from(valueOf(field), 'latin1'), '').text;
  const authors = readAuthors(value);
  if (!value.includes('=?') || (authors.isReadable && authors.domains.length > 0)) return authors;
  const shown = domainsNamedIn(decodeWords(value), MOST_DOMAINS + 1);
  return { ...authors, domains: [...new Set([...authors.domains, ...shown])] };
}

function firstOfEachDomain(mailboxes: readonly Mailbox[]): readonly Mailbox[] {
  const seen = new Set<string>();
  const isFirst = mailboxes.map(({ address }) => {
    const domain = domainOf(address);
    return !seen.has(domain) && Boolean(seen.add(domain));
  });
  return [...mailboxes.filter((_, i) => isFirst[i]), ...mailboxes.filter((_, i) => !isFirst[i])]
    .slice(0, MAILBOXES)
    .map(({ name, address }) => ({
      name: decodeWords(name).replace(/\s+/g, ' ').trim().slice(0, CHARACTERS),
      address: address.slice(0, CHARACTERS),
    }));
}
