/**
 * Runs dependency-cruiser with the rules of `.dependency-cruiser.js` over a checkout.
 *
 * Looking at nothing finds nothing, so what was looked at is part of the answer: a caller must treat
 * zero modules, or TypeScript not being understood, as a failure.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';

const sources = ['packages', 'test', 'demo', 'bench', 'tools'];

export interface Breach {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

export interface Import {
  readonly from: string;
  readonly to: string;
}

export interface Cruise {
  /** Files of the checkout that were read; what they import from elsewhere does not count. */
  readonly modules: number;
  readonly dependencies: number;
  readonly breaches: readonly Breach[];
  /** Of one file of the checkout by another, types included. */
  readonly imports: readonly Import[];
  /** The comment of each rule, by its name. */
  readonly reasons: ReadonlyMap<string, string>;
}

export async function cruiseTree(root: string): Promise<Cruise> {
  const options = await extractDepcruiseOptions(join(root, '.dependency-cruiser.js'));
  const present = sources.filter((folder) => existsSync(join(root, folder)));
  const { output } = await cruise(present, { ...options, baseDir: root });
  if (typeof output === 'string') throw new Error('dependency-cruiser gave text where a result was expected');
  return summarise(output);
}

function summarise({ modules, summary }: ICruiseResult): Cruise {
  const own = modules.filter(
    ({ source, couldNotResolve }) =>
      source.endsWith('.ts') && !source.includes('node_modules/') && !couldNotResolve,
  );
  const rules = summary.ruleSetUsed?.forbidden ?? [];
  return {
    modules: own.length,
    dependencies: summary.totalDependenciesCruised ?? 0,
    breaches: summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
    imports: own.flatMap(({ source, dependencies }) =>
      dependencies.map(({ resolved }) => ({ from: source, to: resolved })),
    ),
    reasons: new Map(rules.map((rule) => [rule.name ?? '', rule.comment ?? ''])),
  };
}
