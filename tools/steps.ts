/**
 * The steps of `check`. Each looks at a whole checkout and says whether all is well, with what its tool said.
 * A tool that cannot be started is a failure of its step.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { cruiseTree } from './dependency-rules.ts';
import { houseFaults } from './house-rules.ts';

export interface StepResult {
  readonly ok: boolean;
  /** What the tool printed. */
  readonly output: string;
  /** One line for the summary. */
  readonly summary: string;
}

export interface Step {
  readonly name: string;
  run(root: string): Promise<StepResult>;
}

function runTool(root: string, tool: string, args: readonly string[]): StepResult {
  const { status, stdout, stderr, error } = spawnSync(tool, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH ?? ''}` },
  });
  if (error) return { ok: false, output: '', summary: `${tool} did not run: ${error.message}` };
  return { ok: status === 0, output: stdout + stderr, summary: status === 0 ? '' : `${tool} found faults` };
}

async function dependencyRules(root: string): Promise<StepResult> {
  const { modules, dependencies, breaches, reasons } = await cruiseTree(root);
  const lines = breaches.map(
    ({ rule, from, to }) => `${rule}: ${from} → ${to}\n    ${reasons.get(rule) ?? ''}`,
  );
  const looked = `${modules} modules and ${dependencies} dependencies looked at`;
  if (modules === 0 || dependencies === 0)
    return { ok: false, output: '', summary: `${looked}: dependency-cruiser did not understand the tree` };
  return { ok: lines.length === 0, output: lines.join('\n'), summary: `${looked}, ${lines.length} breaches` };
}

async function houseRules(root: string): Promise<StepResult> {
  const { files, faults } = houseFaults(root);
  return {
    ok: files > 0 && faults.length === 0,
    output: faults.join('\n'),
    summary: `${files} files looked at`,
  };
}

const tool = (name: string, command: string, ...args: readonly string[]): Step => ({
  name,
  run: async (root) => runTool(root, command, args),
});

export const steps: readonly Step[] = [
  tool('format', 'prettier', '--check', '--log-level', 'warn', '.'),
  tool('lint', 'eslint', '.'),
  tool('types', 'tsc', '-p', 'tsconfig.json'),
  tool('unused exports', 'knip', '--exports', '--no-progress'),
  { name: 'dependency rules', run: dependencyRules },
  { name: 'house rules', run: houseRules },
  tool('generated docs', 'node', 'tools/generate-docs.ts', '--check'),
];
