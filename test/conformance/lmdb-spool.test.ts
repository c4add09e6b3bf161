import { implementation } from '../support/lmdb-spool.ts';
import { spoolConformance } from './spool.ts';

spoolConformance('LMDB', implementation);
