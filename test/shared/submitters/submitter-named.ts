import type { SubmitterLimits, SubmitterOf } from '@mailpair/shared/values/submitter';

/** Submitters that are known by their reverse-path, with the same limits. */
export const submitterNamed =
  (limits: SubmitterLimits): SubmitterOf =>
  ({ reversePath }) => ({ name: reversePath, limits, mayUse: () => true, checksFrom: false });
