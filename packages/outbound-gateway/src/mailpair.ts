#!/usr/bin/env node
import '@mailpair/mailpair/main';
