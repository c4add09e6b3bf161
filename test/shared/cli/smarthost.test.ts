import { expect } from 'chai';
import { describe, it } from 'mocha';
import { smarthost } from '@mailpair/shared/cli/smarthost';
import { localServerKinds } from '@mailpair/shared/pair/smarthost/servers';
