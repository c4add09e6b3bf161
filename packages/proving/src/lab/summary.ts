/** Computes the figures by which policies are compared from a run of the lab. Pure. */
import { percentile } from '../loopback/tally.ts';
import type { Mail } from './traffic.ts';

export interface Row {
  readonly policy: string;
  readonly messages: number;
  /**
   * The number of messages that no host accepted. It should be 0. Spam, which is sent only once, is excluded.
   */
  readonly lost: number;
  /** The messages accepted per second while mail was sent. */
  readonly perSecond: number;
  /** The fraction of the accepted messages that outbound accepted, 0 to 1. */
  readonly outboundShare: number;
  /**
   * The fractions of messages that were deferred to a later attempt, by the behaviour of the sender when
   * refused.
   */
  readonly putOff: { readonly all: number; readonly moving: number; readonly waiting: number };
  /** The delay in ms of the deferred messages. */
  readonly putOffMs: { readonly p50: number; readonly p95: number };
  /** The time in ms from the end of a submission to its 250. */
  readonly submissionMs: { readonly p50: number; readonly p95: number };
  /** Refused connections per message. */
  readonly refusals: number;
}

export interface Course {
  readonly mail: readonly Mail[];
  readonly submissionMs: readonly number[];
  readonly whileSent: { readonly inbound: number; readonly outbound: number };
  readonly seconds: number;
}

export function summarise(policy: string, { mail, submissionMs, whileSent, seconds }: Course): Row {
  const wanted = mail.filter(({ sender }) => sender.kind !== 'spammer');
  const late = wanted.filter(isPutOff);
  const lateMs = late.flatMap(({ bornAt, takenAt }) => (takenAt === undefined ? [] : [takenAt - bornAt]));
  const taken = whileSent.inbound + whileSent.outbound;
  return {
    policy,
    messages: wanted.length,
    lost: wanted.filter(({ takenAt }) => takenAt === undefined).length,
    perSecond: taken / seconds,
    outboundShare: taken === 0 ? 0 : whileSent.outbound / taken,
    putOff: {
      all: shareOf(wanted, isPutOff),
      moving: shareOf(
        wanted.filter(({ sender }) => sender.moves),
        isPutOff,
      ),
      waiting: shareOf(
        wanted.filter(({ sender }) => !sender.moves),
        isPutOff,
      ),
    },
    putOffMs: { p50: quantile(lateMs, 0.5), p95: quantile(lateMs, 0.95) },
    submissionMs: { p50: quantile(submissionMs, 0.5), p95: quantile(submissionMs, 0.95) },
    refusals: wanted.reduce((sum, { refusals }) => sum + refusals, 0) / Math.max(1, wanted.length),
  };
}

const isPutOff = ({ retries }: Mail): boolean => retries > 0;

const shareOf = <T>(all: readonly T[], is: (each: T) => boolean): number =>
  all.length === 0 ? 0 : all.filter(is).length / all.length;

/** 0 if there are no values. */
const quantile = (values: readonly number[], share: number): number => percentile(values, share) ?? 0;
