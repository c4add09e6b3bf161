#!/usr/bin/env node
/** The `mailpair` command, where Node is new enough to read it. */
import { expectNode } from '../system/node-version.ts';

expectNode('mailpair');
await import('./command.ts');
