/**
 * The version of Node that every program needs. A program asks for it before it imports what an older one cannot read, so this
 * file uses nothing new.
 */
const LEAST = 24;

/** What is wrong with a version such as 20.20.2; undefined where it is new enough. */
export const nodeFault = (version: string): string | undefined =>
  Number(version.split('.')[0]) >= LEAST ? undefined : `needs Node ${LEAST} or later, this is ${version}`;

/** Ends the process with status 2 and one line where Node is too old. */
export function expectNode(command: string): void {
  const fault = nodeFault(process.versions.node);
  if (fault === undefined) return;
  process.stderr.write(`${command}: ${fault}\n`);
  process.exit(2);
}
