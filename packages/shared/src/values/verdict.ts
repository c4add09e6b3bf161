/** What the checks decide about a message before our 250 (stage `judge`). */
import type { Reply } from './reply.ts';

export type Verdict =
  | { readonly kind: 'accept' }
  | { readonly kind: 'defer'; readonly reply: Reply; readonly reason: string }
  | { readonly kind: 'reject'; readonly reply: Reply; readonly reason: string };

export const accept: Verdict = { kind: 'accept' };
