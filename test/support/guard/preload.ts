/** `--import` of a process that a test starts. */
import { guard } from './report.ts';

guard(new URL(import.meta.url).searchParams.get('report')!);
