/**
 * Loads modules of `@mailpair/proving`, an optional peer dependency that no gateway needs to run. Verbs load
 * them only when they run, so their help is available without the package.
 */
import { packageVersion } from '@mailpair/shared/platform/process/package-version';

/** @throws with the package to install */
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
