import type { SubmitterLimits, SubmitterOf } from '@mailpair/shared/platform/values/submitter';

/** Submitters that are known by their reverse-path, with the same limits. */
export const submitterNamed =
  (limits: SubmitterLimits): SubmitterOf =>
  ({ reversePath }) => ({ name: reversePath, limits, mayUse: () => true, checksFrom: false });
