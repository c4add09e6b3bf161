/** The `mailpair` command: calls `run` with the streams and the environment of this process. */
import { once } from 'node:events';
import { visibleLines } from '@mailpair/shared/platform/values/printable';
import { run } from './run.ts';
import { verbs } from './verbs.ts';

// A reader that closes the pipe early (`| head`) is not a fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.exitCode = await run(process.argv.slice(2), verbs, {
  out: (text) => void process.stdout.write(`${text}\n`),
  octets: (data) =>
    void process.stdout.write(
      process.stdout.isTTY ? visibleLines(data.toString().replaceAll('\r\n', '\n')) : data,
    ),
  async taken() {
    if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain');
  },
  err: (text) => void process.stderr.write(`${text}\n`),
  stdin: process.stdin,
  env: process.env,
});
