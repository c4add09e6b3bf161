/**
 * One JSON line per event on stdout: `level`, `time`, `role`, `event` and the fields of the event.
 * Field names are those of docs/vocabulary.md; `session` and `id` (of the queue entry) tie lines together. An error is
 * given as `err` and becomes its type, message, stack and cause. The fields are read a little later: whoever gives them
 * does not change them.
 */
import { createLineWriter } from './line-writer.ts';

export interface Log {
  debug(event: string, fields?: object): void;
  info(event: string, fields?: object): void;
  warn(event: string, fields?: object): void;
  error(event: string, fields?: object): void;
  /** Writes out what is buffered; for the way out. */
  flush(): void;
}

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
type Level = (typeof LEVELS)[number];

/** Where several processes write, so much is not mixed with what others write (pipe(7), PIPE_BUF). */
const PIPE_BYTES = 4_096;

/** @param fd where the lines go. `worker`: which of several processes this is, that all write there */
export function createLog(
  options: { role: string; level: Level; worker?: number | undefined },
  fd = 1,
): Log & { setLevel(level: Level): void } {
  const lines = createLineWriter(fd, options.worker === undefined ? Infinity : PIPE_BYTES);
  const time = createTimestamp();
  let least = LEVELS.indexOf(options.level);
  const of = options.worker === undefined ? '' : `"worker":${options.worker},`;
  const writer = (level: Level): Log[Level] => {
    const rank = LEVELS.indexOf(level);
    const start = `{"level":"${level}","time":"`;
    const middle = `","role":"${options.role}",${of}"event":"`;
    return (event, fields) => {
      if (rank < least) return;
      const at = time();
      lines.write(() => `${start}${at}${middle}${event}"${textOf(fields)}`);
    };
  };
  return {
    debug: writer('debug'),
    info: writer('info'),
    warn: writer('warn'),
    error: writer('error'),
    flush: () => lines.flushSync(),
    setLevel: (level) => {
      least = LEVELS.indexOf(level);
    },
  };
}

/** What follows the event: `,"id":"…"}`, or `}`. */
function textOf(fields: object | undefined): string {
  if (!fields) return '}';
  let text;
  try {
    text = JSON.stringify('err' in fields ? { ...fields, err: plainError(fields.err) } : fields);
  } catch (error) {
    text = JSON.stringify({ fields: Object.keys(fields), notLogged: (error as Error).message });
  }
  return text === '{}' ? '}' : `,${text.slice(1)}`;
}

function plainError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name: type, message, stack, cause, ...more } = error as Error & { code?: string };
  return { type, message, ...more, stack, ...(cause !== undefined && { cause: plainError(cause) }) };
}

/** Now as `2026-11-24T01:02:03.004Z`, composed once for each millisecond. */
function createTimestamp(): () => string {
  let at = 0;
  let text = '';
  return () => {
    const now = Date.now();
    if (now !== at) {
      at = now;
      text = new Date(now).toISOString();
    }
    return text;
  };
}

/** A log that nobody reads, for tests and for tools that share code with the gateways. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  flush: () => undefined,
};
