/** What a submitter has sent, and which of its limits that is beyond. Pure. */
import {
  limitNames,
  type LimitName,
  type SubmitterCounts,
  type SubmitterLimits,
} from '../../platform/values/submitter.ts';
import { add, countOf, emptyWindow, type Window } from './window.ts';

export type Usage = { readonly [N in LimitName]: Window };

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const periods: { readonly [N in LimitName]: number } = {
  messagesPerMinute: MINUTE_MS,
  messagesPerHour: HOUR_MS,
  messagesPerDay: 24 * HOUR_MS,
  recipientsPerHour: HOUR_MS,
  recipientsPerDay: 24 * HOUR_MS,
  refusedPerHour: HOUR_MS,
};

/** Refused recipients count from this part of all on: a large mailing always meets some mailboxes that are gone. */
const REFUSED_SHARE = 0.2;

const each = <T>(of: (name: LimitName) => T): { [N in LimitName]: T } =>
  Object.fromEntries(limitNames.map((name) => [name, of(name)])) as { [N in LimitName]: T };

export const noUsage: Usage = each(() => emptyWindow);
export const noLimits: SubmitterLimits = each(() => 0);
export const noCounts: SubmitterCounts = each(() => 0);

/** With so many messages more, and recipients of them. */
export function withMessages(usage: Usage, messages: number, recipients: number, now: number): Usage {
  const more = (name: LimitName, n: number): Window => add(usage[name], periods[name], now, n);
  return {
    messagesPerMinute: more('messagesPerMinute', messages),
    messagesPerHour: more('messagesPerHour', messages),
    messagesPerDay: more('messagesPerDay', messages),
    recipientsPerHour: more('recipientsPerHour', recipients),
    recipientsPerDay: more('recipientsPerDay', recipients),
    refusedPerHour: usage.refusedPerHour,
  };
}

/** With so many recipients more that do not exist. */
export const withRefusals = (usage: Usage, refused: number, now: number): Usage => ({
  ...usage,
  refusedPerHour: add(usage.refusedPerHour, periods.refusedPerHour, now, refused),
});

/** Whole numbers, rounded down. */
export const countsOf = (usage: Usage, now: number): SubmitterCounts =>
  each((name) => Math.floor(countOf(usage[name], periods[name], now)));

/** The first limit that is exceeded, in words; undefined when none is. */
export function excessOf(counts: SubmitterCounts, limits: SubmitterLimits): string | undefined {
  const beyond = limitNames.find(
    (name) => limits[name] > 0 && counts[name] > limits[name] && weighs(name, counts),
  );
  if (beyond === undefined) return undefined;
  return `${counts[beyond]} ${words[beyond]}, submitters.${beyond} is ${limits[beyond]}`;
}

const weighs = (name: LimitName, { refusedPerHour, recipientsPerHour }: SubmitterCounts): boolean =>
  name !== 'refusedPerHour' || refusedPerHour >= recipientsPerHour * REFUSED_SHARE;

const words: { readonly [N in LimitName]: string } = {
  messagesPerMinute: 'messages within a minute',
  messagesPerHour: 'messages within an hour',
  messagesPerDay: 'messages within a day',
  recipientsPerHour: 'recipients within an hour',
  recipientsPerDay: 'recipients within a day',
  refusedPerHour: 'recipients that do not exist within an hour',
};

/** Nothing was counted in any time that matters. */
export const isIdle = (usage: Usage, now: number): boolean =>
  limitNames.every((name) => countOf(usage[name], periods[name], now) === 0);
