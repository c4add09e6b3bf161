/**
 * What reading a configuration brings to light: faults, warnings, and what the values name that must be looked at
 * once all are read (files, listeners). Everything is collected, nothing is thrown: the operator sees all at once.
 */
import type { ListenSettings } from './listen-settings.ts';

export interface Fault {
  /** The key, `domains[1].name`; for a syntax error the file with line and column. */
  readonly path: string;
  /** The value as it stands there; passwords are masked. */
  readonly seen: string;
  readonly problem: string;
  readonly fix: string;
  /** Where the value comes from: `mailpair.yaml:12`, `MAILPAIR_SMTP_MAX_MESSAGE`, `--set`. */
  readonly from?: string;
}

export type FileKind =
  | 'certificate'
  | 'key'
  | 'users'
  | 'secret'
  | 'authority'
  | 'recipients'
  | 'password'
  | 'engine password'
  | 'tsig';

/** A file that a value names. */
export interface FileUse {
  readonly at: string;
  readonly path: string;
  readonly kind: FileKind;
}

/** A listener, with the key that asks for it. */
export interface ListenUse {
  readonly at: string;
  readonly listen: ListenSettings;
}

export interface Findings {
  readonly faults: Fault[];
  readonly warnings: Fault[];
  readonly files: FileUse[];
  readonly listeners: ListenUse[];
  /** Notes a fault. Returns undefined, the value of what cannot be read. */
  fault(path: string, seen: unknown, problem: string, fix: string): undefined;
  warn(path: string, seen: unknown, problem: string, fix: string): void;
  /** Whether the key was read without a fault. */
  isSound(key: string): boolean;
}

export function createFindings(): Findings {
  const faults: Fault[] = [];
  const warnings: Fault[] = [];
  return {
    faults,
    warnings,
    files: [],
    listeners: [],
    fault(path, seen, problem, fix) {
      faults.push({ path, seen: describe(seen), problem, fix: maskPasswords(fix) });
    },
    warn(path, seen, problem, fix) {
      warnings.push({ path, seen: describe(seen), problem, fix: maskPasswords(fix) });
    },
    isSound: (key) => !faults.some(({ path }) => isAtOrBelow(path, key)),
  };
}

/** Whether a path is a key or lies below it, as `domains[0].name` lies below `domains`. */
export const isAtOrBelow = (path: string, key: string): boolean =>
  path === key || (path.startsWith(key) && /^[.[]/.test(path.slice(key.length)));

/** A raw value in one line, as close to what was written as possible. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  return maskPasswords(typeof value === 'string' ? value : JSON.stringify(plain(value)));
}

/** A raw value with its Maps as objects, for JSON. */
export function plain(value: unknown): unknown {
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([name, item]) => [String(name), plain(item)]));
  return Array.isArray(value) ? value.map(plain) : value;
}

/** `smtp://user:secret@host` without the secret. */
export function maskPasswords(text: string): string {
  return text.replace(/(:\/\/[^/\s:"@]*):[^\s"]*@/g, '$1:***@');
}

/** One fault for a person to read: what and where, then the fix. */
export function formatFault({ path, seen, problem, fix, from }: Fault): string {
  const place = from && !path.startsWith(from) ? ` (${from})` : '';
  return `${path}: ${problem}${place}\n    seen  ${seen}\n    fix   ${fix}`;
}
