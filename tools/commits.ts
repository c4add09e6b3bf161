/**
 * `npx pnpm@12 run commits`: the subject of each commit since the last tag is `area: what`, with at most 72 characters. Without a tag,
 * the commits since FIRST are checked; older subjects follow no rule. In a shallow clone that does not reach back that far, the commits
 * that it has are checked.
 */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const FIRST = '018bb030f52848e8235f5bc81140668ed75dc187';
const MOST_CHARACTERS = 72;

/** What is wrong with a subject; undefined if nothing is. */
export function subjectFault(subject: string): string | undefined {
  const length = [...subject].length;
  if (length > MOST_CHARACTERS) return `has ${length} characters, at most ${MOST_CHARACTERS} are allowed`;
  if (!/^[\w.*/-]+(?:, [\w.*/-]+)*: \S/.test(subject)) return 'is not of the form "area: what"';
  return undefined;
}

interface Commit {
  readonly hash: string;
  readonly subject: string;
}

/** @param first the commit after which the rule holds if there is no tag. @throws if the history cannot be read */
export function commitsToCheck(root: string, first = FIRST): Commit[] {
  const tag = git(root, 'describe', '--tags', '--abbrev=0');
  const base = tag.ok ? tag.stdout.trim() : first;
  const isShallow = git(root, 'rev-parse', '--is-shallow-repository').stdout.trim() === 'true';
  const isThere = git(root, 'cat-file', '-e', `${base}^{commit}`).ok;
  if (!isThere && !isShallow)
    throw new Error(`the history has no commit ${base}, after which subjects are checked`);
  const range = isThere ? [`${base}..HEAD`] : ['HEAD'];
  const log = git(root, 'log', '--no-merges', '--format=%h %s', ...range);
  if (!log.ok) throw new Error(`git log: ${log.stderr.trim()}`);
  return log.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ hash: line.split(' ', 1)[0]!, subject: line.slice(line.indexOf(' ') + 1) }));
}

function git(
  root: string,
  ...words: string[]
): { readonly ok: boolean; readonly stdout: string; readonly stderr: string } {
  const { status, stdout, stderr, error } = spawnSync('git', words, { cwd: root, encoding: 'utf8' });
  if (error) throw new Error(`git did not run: ${error.message}`);
  return { ok: status === 0, stdout, stderr };
}

function main(root: string): number {
  const commits = commitsToCheck(root);
  const faults = commits.flatMap(({ hash, subject }) => {
    const fault = subjectFault(subject);
    return fault === undefined ? [] : [`${hash} ${fault}: ${subject}`];
  });
  for (const fault of faults) console.error(fault);
  console.log(`${commits.length} commits checked, ${faults.length} with faults`);
  return faults.length === 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = main(resolve(import.meta.dirname, '..'));
