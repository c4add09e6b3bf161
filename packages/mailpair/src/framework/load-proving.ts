/**
 * `@mailpair/proving` is an optional peer dependency: no gateway needs it to run. Verbs that need it load what they need of it when they
 * run, so that their help can be read without it.
 */
import { packageVersion } from '@mailpair/shared/platform/process/package-version';

/** @throws saying what to install */
export async function loadProving<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new Error(
      `the package @mailpair/proving is not installed here, because no gateway needs it: ` +
        `npm install @mailpair/proving@${packageVersion()} beside the gateway, and like it with --global or without`,
      { cause: error },
    );
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error &&
  (error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND' &&
  error.message.includes(`'@mailpair/proving'`);
