/**
 * Formats the findings of `dns verify` for a person: each with the records as a difference (- is, + should
 * be), its consequence and its fix, then the servers that could not be queried. Pure.
 */
import { visible } from '@mailpair/shared/platform/values/printable';
import type { Report, Unasked } from './collect.ts';
import type { Finding } from './finding.ts';

/**
 * `same`: nothing is wrong and all questions were answered. A fault has priority over an unanswered question.
 */
export type Answer = 'same' | 'different' | 'unknown';

export function answerOf({ findings, unasked }: Report): Answer {
  if (findings.some(({ severity }) => severity === 'fault')) return 'different';
  return unasked.length > 0 ? 'unknown' : 'same';
}

export function formatReport(report: Report): string {
  return [...report.findings.map(formatFinding), ...report.unasked.map(formatUnasked), summary(report)].join(
    '\n\n',
  );
}

function formatFinding({ severity, code, problem, why, fix, is, shouldBe }: Finding): string {
  const kept = new Set(is.filter((line) => shouldBe.includes(line)));
  return [
    `${severity.toUpperCase()} ${code}: ${problem}`,
    ...is.map((line) => `  ${kept.has(line) || shouldBe.length === 0 ? ' ' : '-'} ${line}`),
    ...shouldBe.filter((line) => !kept.has(line)).map((line) => `  + ${line}`),
    `  why: ${why}`,
    `  fix: ${fix}`,
  ]
    .map(visible)
    .join('\n');
}

const MOST_QUESTIONS = 3;

function formatUnasked({ who, why, questions }: Unasked): string {
  const more = questions.length - MOST_QUESTIONS;
  const list = questions.slice(0, MOST_QUESTIONS).join(', ') + (more > 0 ? ` and ${more} more` : '');
  return `NOT KNOWN: ${who} could not be asked: ${visible(why)}\n  so nothing is known from it of: ${list}`;
}

function summary(report: Report): string {
  const faults = report.findings.filter(({ severity }) => severity === 'fault').length;
  const remarks = report.findings.length - faults;
  const counts = [
    faults > 0 ? numberOf(faults, 'fault') : '',
    remarks > 0 ? numberOf(remarks, 'remark') : '',
    report.unasked.length > 0 ? `${report.unasked.length} could not be asked` : '',
  ].filter((part) => part !== '');
  const sum = counts.length > 0 ? ` (${counts.join(', ')})` : '';
  const words = {
    same: `What is published is what is planned${sum}.`,
    different: `What is published is NOT what is planned${sum}.`,
    unknown: `Nothing wrong was found, but not everything is known${sum}.`,
  };
  return words[answerOf(report)];
}

const numberOf = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
