/**
 * How a value is read: from what YAML, the environment or `--set` gave to what the program uses. A format notes
 * every fault it sees under the value's path and gives undefined for what it cannot read.
 * Mappings arrive as Maps.
 */
import { describe } from './findings.ts';
import type { FileKind, Findings } from './findings.ts';
import { nearestName } from './nearest-name.ts';
import { formatDuration, formatSize, parseDuration, parseSize } from './units.ts';
import { isAbsolute } from 'node:path';

/** The unit of a value, which the name of its setting ends with. */
export type Suffix = '' | 'Ms' | 'Bytes';

export interface Format<T, S extends Suffix = ''> {
  /** Distinguishes it from every other format. */
  readonly name: string;
  readonly suffix?: S;
  /** What to write, ending a sentence: "write …". */
  readonly expects: string;
  /** Takes apart what came as one text (environment, `--set`); without it the text is the value. */
  readonly fromText?: (text: string) => unknown;
  read(raw: unknown, at: string, findings: Findings): T | undefined;
}

export const text: Format<string> = {
  name: 'text',
  expects: 'one word of text',
  read(raw, at, findings) {
    if (typeof raw === 'string' && /^\S+$/.test(raw)) return raw;
    return findings.fault(at, raw, 'is not one word of text', 'write it in quotes, without spaces');
  },
};

export const yesNo: Format<boolean> = {
  name: 'true or false',
  expects: 'true or false',
  read(raw, at, findings) {
    if (raw === true || raw === 'true') return true;
    if (raw === false || raw === 'false') return false;
    return findings.fault(at, raw, 'is neither true nor false', 'write true or false');
  },
};

/** A whole number within bounds. */
export function count(min: number, max: number): Format<number> {
  const expects = `a whole number from ${min} to ${max}`;
  return {
    name: expects,
    expects,
    read(raw, at, findings) {
      const value = typeof raw === 'string' && /^\d+$/.test(raw) ? Number(raw) : raw;
      if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
      return findings.fault(at, raw, `is not ${expects}`, `write ${expects}`);
    },
  };
}

/** A number, not necessarily whole, within bounds. */
export function decimal(min: number, max: number): Format<number> {
  const expects = `a number from ${min} to ${max}`;
  return {
    name: expects,
    expects,
    read(raw, at, findings) {
      const value = typeof raw === 'string' && /^\d+(\.\d+)?$/.test(raw) ? Number(raw) : raw;
      if (typeof value === 'number' && value >= min && value <= max) return value;
      return findings.fault(at, raw, `is not ${expects}`, `write ${expects}`);
    },
  };
}

/** One of a few words. */
export function choice<const T extends string>(...words: readonly T[]): Format<T> {
  const expects = `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
  return {
    name: words.join(' | '),
    expects,
    read(raw, at, findings) {
      const word = words.find((word) => word === raw);
      if (word !== undefined) return word;
      const meant = nearestName(String(raw), words);
      return findings.fault(at, raw, 'is not one of the known words', `write ${meant ?? expects}`);
    },
  };
}

/** A duration in milliseconds, at least and at most as long as named. */
export function duration(shortest: string, longest: string): Format<number, 'Ms'> {
  const [min = 0, max = 0] = [parseDuration(shortest), parseDuration(longest)];
  return {
    name: `duration from ${shortest} to ${longest}`,
    suffix: 'Ms',
    expects: `a whole number with a unit: 250ms, 30s, 5m, 4h or 5d (from ${shortest} to ${longest})`,
    read(raw, at, findings) {
      if (isBareNumber(raw))
        return findings.fault(at, raw, 'is a duration without a unit', `write ${Number(raw)}s`);
      const value = typeof raw === 'string' ? parseDuration(raw) : undefined;
      if (value === undefined) return findings.fault(at, raw, 'is not a duration', `write ${this.expects}`);
      if (value < min) return findings.fault(at, raw, 'is too short', `write ${formatDuration(min)} or more`);
      if (value > max) return findings.fault(at, raw, 'is too long', `write ${formatDuration(max)} or less`);
      return value;
    },
  };
}

/** A time to wait. Timers of the runtime hold no more than 24 days. */
export const timer = duration('1ms', '24d');
/** The same, where none is a choice. */
export const pause = duration('0s', '24d');
/** How long something is kept. */
export const age = duration('1s', '365d');

/** A size in bytes, at least as large as named. */
export function size(smallest: string): Format<number, 'Bytes'> {
  const min = parseSize(smallest) ?? 0;
  return {
    name: `size from ${smallest}`,
    suffix: 'Bytes',
    expects: `a whole number with a unit: 500B, 256KB, 25MB or 1GB (from ${smallest})`,
    read(raw, at, findings) {
      if (isBareNumber(raw)) {
        const fix = Number(raw) >= 1024 ? formatSize(Number(raw)) : `${Number(raw)}MB`;
        return findings.fault(at, raw, 'is a size without a unit', `write ${fix}`);
      }
      const value = typeof raw === 'string' ? parseSize(raw) : undefined;
      if (value === undefined) return findings.fault(at, raw, 'is not a size', `write ${this.expects}`);
      if (value < min) return findings.fault(at, raw, 'is too small', `write ${formatSize(min)} or more`);
      return value;
    },
  };
}

const isBareNumber = (raw: unknown): boolean =>
  (typeof raw === 'number' && Number.isInteger(raw) && raw >= 0) ||
  (typeof raw === 'string' && /^\d+$/.test(raw));

export const directory: Format<string> = {
  name: 'directory',
  expects: 'an absolute path',
  read: readPath,
};

/** The path of a file that must be there when the gateway starts. */
export function file(kind: FileKind): Format<string> {
  return {
    name: `${kind} file`,
    expects: 'an absolute path',
    read(raw, at, findings) {
      const path = readPath(raw, at, findings);
      if (path !== undefined) findings.files.push({ at, path, kind });
      return path;
    },
  };
}

function readPath(raw: unknown, at: string, findings: Findings): string | undefined {
  if (typeof raw !== 'string' || raw === '')
    return findings.fault(at, raw, 'is not a path', 'write an absolute path');
  if (isAbsolute(raw)) return raw;
  return findings.fault(
    at,
    raw,
    'is a relative path, and a service has no directory of its own',
    'write it from the root, starting with /',
  );
}

/** A list; one item need not be in brackets, and as one text the items are separated by commas. */
export function listOf<T>(item: Format<T>): Format<readonly T[]> {
  return {
    name: `list of ${item.name}`,
    expects: `a list, each item ${item.expects}`,
    fromText: (text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    read(raw, at, findings) {
      if (!Array.isArray(raw))
        return findings.fault(at, raw, 'is not a list', `write [ … ], each item ${item.expects}`);
      const items = raw.map((value, index) => item.read(value, `${at}[${index}]`, findings));
      return items.filter((value) => value !== undefined);
    },
  };
}

type FieldsOf<F> = {
  readonly [Name in keyof F]?: F[Name] extends Format<infer T, Suffix> ? T : never;
};

/** The fields of a mapping within a list, each read by its own format; unknown ones are faults. */
export function readFields<F extends Readonly<Record<string, Format<unknown, Suffix>>>>(
  raw: ReadonlyMap<unknown, unknown>,
  at: string,
  formats: F,
  findings: Findings,
): FieldsOf<F> {
  const fields: Record<string, unknown> = {};
  for (const [key, value] of raw) {
    const name = describe(key);
    const format = Object.hasOwn(formats, name) ? formats[name] : undefined;
    if (!format) {
      const names = Object.keys(formats);
      const meant = nearestName(name, names);
      findings.fault(
        `${at}.${name}`,
        value,
        'is an unknown key',
        meant ? `write ${meant}` : `known here: ${names.join(', ')}`,
      );
    } else if (value !== null) {
      const from = typeof value === 'string' && format.fromText ? format.fromText(value) : value;
      const read = format.read(from, `${at}.${name}`, findings);
      if (read !== undefined) fields[name] = read;
    }
  }
  return fields as FieldsOf<F>;
}
