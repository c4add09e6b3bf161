/** What is looked at in a message. */
import type { ContentFault } from '../../platform/values/content-faults.ts';

export interface ContentSettings {
  /** What each fault of form counts. */
  readonly scores: Readonly<Record<ContentFault, number>>;
  readonly refuse: readonly ContentFault[];
  readonly onFault: 'accept' | 'defer';
}

/** Rules as `platform/values/attachment-rules.ts` reads them. */
export interface AttachmentSettings {
  readonly refuse: readonly string[];
  readonly quarantine: readonly string[];
  readonly suspect: readonly string[];
  readonly score: number;
  readonly unopened: 'accept' | 'quarantine' | 'reject';
  /** They are for mail of submitters too. */
  readonly submitters: boolean;
  readonly onFault: 'accept' | 'defer';
  readonly depth: number;
  readonly unpackBytes: number;
}

/** The classifier that learns from spam and ham. */
export interface BayesSettings {
  readonly mode: 'mx' | 'all' | 'off';
  /** Of each kind, before it judges. */
  readonly minimum: number;
  readonly halfLifeMs: number;
  readonly maxTokens: number;
  readonly sure: number;
  readonly veryLikely: number;
  readonly likely: number;
  readonly ham: number;
  readonly onFault: 'accept' | 'defer';
}
