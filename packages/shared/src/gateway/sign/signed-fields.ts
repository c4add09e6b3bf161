/**
 * Which header fields a signature covers (RFC 6376 §5.4): those that a reader sees or that say how to read the body.
 * What nobody may add later is named once more than it is there (§8.15). Pure.
 */
import { relaxedField } from './header-fields.ts';
import type { HeaderField } from './header-fields.ts';

/** Trace fields and what mailing lists and receivers add are not covered. */
const SIGNED = [
  'from',
  'reply-to',
  'to',
  'cc',
  'subject',
  'date',
  'message-id',
  'in-reply-to',
  'references',
  'sender',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
  'resent-from',
  'resent-to',
  'resent-cc',
  'resent-date',
  'resent-message-id',
  'list-id',
  'list-unsubscribe',
  'list-unsubscribe-post',
  'auto-submitted',
];

/** A second one of these would be shown, or would change how the body is read. */
const SEALED = new Set(['from', 'to', 'cc', 'subject', 'date', 'message-id']);
/** Named once more only where they are: others may add them where they are missing. */
const SEALED_WHERE_THERE = new Set([
  'mime-version',
  'content-type',
  'content-transfer-encoding',
  'reply-to',
  'sender',
]);

export interface Covered {
  /** For `h=`, in order. */
  readonly names: readonly string[];
  /** The fields in relaxed form, each with its line end. */
  readonly data: string;
}

/** @param more names of fields that are covered besides */
export function coveredFields(fields: readonly HeaderField[], more: readonly string[] = []): Covered {
  const byName = new Map<string, HeaderField[]>();
  for (const field of fields) {
    const same = byName.get(field.name);
    if (same) same.push(field);
    else byName.set(field.name, [field]);
  }
  const names: string[] = [];
  let data = '';
  for (const name of more.length === 0 ? SIGNED : [...SIGNED, ...more]) {
    const there = byName.get(name);
    // From the bottom up (§5.4.2).
    for (let at = (there?.length ?? 0) - 1; at >= 0; at -= 1) {
      names.push(name);
      data += `${relaxedField(there![at]!)}\r\n`;
    }
    if (SEALED.has(name) || (there && SEALED_WHERE_THERE.has(name))) names.push(name);
  }
  return { names, data };
}
