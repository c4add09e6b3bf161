/** Texts of `mailpair status` about failed sign-ins. Pure. */
import { printable } from '@mailpair/shared/platform/values/printable';
import type { RefusedSignIns, SignInState } from '@mailpair/shared/platform/values/sign-in-state';

const MOST_SHOWN = 5;
const LONGEST_NAME = 60;

/** @returns no line if no sign-in failed */
export function describeSignIns(state: SignInState | undefined): string[] {
  if (!state || (state.failedLastHour === 0 && state.refused.length === 0)) return [];
  const { failedLastHour, guessingClients, refused } = state;
  const networks = guessingClients === 1 ? '1 network' : `${guessingClients} networks`;
  return [
    `  sign-ins: ${failedLastHour} failed within the last hour, wrong passwords from ${networks}`,
    ...(refused.length > 0 ? [`  SIGN-INS ARE REFUSED: ${describeRefused(refused)}`] : []),
  ];
}

function describeRefused(refused: readonly RefusedSignIns[]): string {
  const shown = refused.slice(-MOST_SHOWN).reverse().map(describeOne);
  const more = refused.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function describeOne({ network, account }: RefusedSignIns): string {
  if (account === undefined) return `from ${network}`;
  const name = printable(account, LONGEST_NAME);
  return network === undefined ? `of ${name} from new networks` : `of ${name} from ${network}`;
}
