#!/usr/bin/env node
/** The `mailpair` command, where Node is new enough to read it. */
import { expectNode } from '@mailpair/shared/platform/process/node-version';

expectNode('mailpair');
await import('./command.ts');
