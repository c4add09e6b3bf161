/** Records that keep nothing, for tests of what writes them. */
import type { Records } from '@mailpair/shared/filter/pipeline/recording';

export const noRecords: Records = {
  message: () => undefined,
  refusal: () => undefined,
  outcomes: () => undefined,
  event: () => undefined,
  flush: async () => undefined,
  close: async () => undefined,
};
