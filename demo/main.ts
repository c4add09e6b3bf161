/** `pnpm demo`, where Node is new enough for it. */
import { expectNode } from '@mailpair/shared/platform/process/node-version';

expectNode('demo');
await import('./demo.ts');
