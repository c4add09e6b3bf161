#!/usr/bin/env node
/** Starts the `mailpair` command if the version of Node is supported. */
import { expectNode } from '@mailpair/shared/platform/process/node-version';

expectNode('mailpair');
await import('./command.ts');
