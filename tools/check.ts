/** `pnpm check`: every step of steps.ts in order, a summary at the end, exit 1 when any of them failed. */
import { resolve } from 'node:path';
import { steps, type StepResult } from './steps.ts';

const root = resolve(import.meta.dirname, '..');
const results: (StepResult & { readonly name: string; readonly seconds: string })[] = [];

for (const step of steps) {
  const { name } = step;
  console.log(`\n── ${name} ${'─'.repeat(70 - name.length)}`);
  const startedAt = performance.now();
  const result = await step.run(root).catch((error: unknown): StepResult => ({
    ok: false,
    output: '',
    summary: `did not run: ${String(error)}`,
  }));
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(result.output.trimEnd() || (result.ok ? 'nothing to say' : result.summary));
  results.push({ ...result, name, seconds });
}

console.log(`\n── summary ${'─'.repeat(63)}`);
for (const { name, ok, seconds, summary } of results)
  console.log(
    `${ok ? 'passed' : 'FAILED'}  ${name.padEnd(18)} ${seconds.padStart(5)} s  ${summary}`.trimEnd(),
  );

process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;
