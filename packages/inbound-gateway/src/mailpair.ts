#!/usr/bin/env node
import '@mailpair/shared/cli/main';
