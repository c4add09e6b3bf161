/** `bench --profile`: each candidate that is a Node program under load, and what cost most. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Candidate } from './candidate.ts';
import { candidates } from './candidates/all.ts';
import { temporaryDirectory } from './endings.ts';
import { sharesOfFunctions, sharesOfParts, type CpuProfile, type Share } from './profile.ts';
import type { Scenario } from './result.ts';
import { openStand } from './stand.ts';

const LINES = 20;

export async function profileGateways(
  scenarios: readonly Scenario[],
  seconds: number,
  tell: (line: string) => void,
): Promise<string> {
  const parts: string[] = [];
  for (const scenario of scenarios)
    for (const candidate of candidates.filter(({ kind, isNode }) => kind === scenario.kind && isNode)) {
      const title = `${candidate.name}, ${scenario.sizeBytes} octets`;
      tell(title);
      const profile = await profileOf(candidate, scenario, seconds);
      parts.push(title, composeShares(sharesOfParts(profile)), composeShares(sharesOfFunctions(profile)));
    }
  return `${parts.join('\n\n')}\n`;
}

/** Over its whole life; the warm-up is a small part of that. */
async function profileOf(candidate: Candidate, scenario: Scenario, seconds: number): Promise<CpuProfile> {
  const directory = await temporaryDirectory();
  const stand = await openStand({ candidate, scenario, profileDirectory: directory.path });
  await stand.measure(await stand.warmUp(seconds));
  await stand.close();
  const profile = JSON.parse(await readFile(join(directory.path, 'cpuprofile'), 'utf8')) as CpuProfile;
  await directory.remove();
  return profile;
}

const composeShares = (shares: readonly Share[]): string =>
  shares
    .slice(0, LINES)
    .map(
      ({ name, ms, share }) =>
        `${(share * 100).toFixed(1).padStart(6)} % ${ms.toFixed(0).padStart(6)} ms  ${name}`,
    )
    .join('\n');
