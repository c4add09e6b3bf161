/** Texts of `mailpair status` about a partner. Pure. */
import type { PartnerState, PartnerView } from '@mailpair/shared/gateway/pair/partner-view';
import { formatAge } from '@mailpair/shared/platform/values/age';
import type { Severity, Trouble } from './report.ts';

const stateText: Record<PartnerState, string> = {
  unknown: 'not heard of yet',
  alive: 'alive',
  suspect: 'SUSPECT, a heartbeat is missing',
  dead: 'DEAD',
};

/** The difference of the clocks in ms from which it is shown. */
const SKEW_SHOWN_MS = 1_000;

export function describePartner(partner: PartnerView, now: number): string[] {
  const { role, node, state, load, draining, sheds, lastBeatAt, skewMs, configDifferences, fault } = partner;
  const facts = [
    stateText[state],
    ...(state !== 'alive' && lastBeatAt !== null ? [`last heard of ${formatAge(now - lastBeatAt)} ago`] : []),
    ...(state === 'alive' && load ? [`load ${load.value.toFixed(2)}`] : []),
    ...(state === 'alive' && sheds ? ['sends strangers here'] : []),
    ...(state === 'alive' && draining ? ['takes no new clients'] : []),
  ];
  const lines = [`partner ${role} ${node}: ${facts.join(', ')}`];
  if (fault !== null) lines.push(`  ${fault}`);
  if (configDifferences.length > 0)
    lines.push(
      `  CONFIGURATION DIFFERS: ${configDifferences.join(', ')}; put the same mailpair.yaml on every host`,
    );
  if (skewMs !== null && Math.abs(skewMs) >= SKEW_SHOWN_MS)
    lines.push(`  its clock is ${formatAge(skewMs)} ${skewMs > 0 ? 'ahead of' : 'behind'} ours`);
  return lines;
}

/**
 * A partner that has not sent a heartbeat since the start is a fault only after a request to it has failed.
 */
const severityOf: Readonly<Record<PartnerState, Severity | undefined>> = {
  unknown: 'notice',
  alive: undefined,
  suspect: 'notice',
  dead: 'error',
};

/** The faults of the partner and their fixes. */
export function partnerTroubles(partner: PartnerView): Trouble[] {
  const { role, node, state, fault, configDifferences, skewMs } = partner;
  const troubles: Trouble[] = [];
  const named = `partner ${role} ${node}`;
  const severity = state === 'unknown' && fault !== null ? 'error' : severityOf[state];
  if (severity)
    troubles.push({
      severity,
      text: `${named} is ${stateText[state]}${fault === null ? '' : `: ${fault}`}`,
      fix: 'check whether it runs and whether this host can reach its http listener',
    });
  if (configDifferences.length > 0)
    troubles.push({
      severity: 'error',
      text: `${named} has another configuration: ${configDifferences.join(', ')}`,
      fix: 'put the same mailpair.yaml on every host and reload',
    });
  if (skewMs !== null && Math.abs(skewMs) >= SKEW_SHOWN_MS)
    troubles.push({
      severity: 'notice',
      text: `the clock of ${named} is ${formatAge(skewMs)} ${skewMs > 0 ? 'ahead' : 'behind'}`,
      fix: 'synchronise the clocks of both hosts by NTP',
    });
  return troubles;
}
