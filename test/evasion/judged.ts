/** What a gateway makes of a message by its content alone: read, opened and judged as it does it. */
import { before } from 'mocha';
import { loadLibarchive, type Libarchive } from '@mailpair/shared/filter/content/archives/libarchive';
import { Openings } from '@mailpair/shared/filter/content/open-attachments';
import { Reading } from '@mailpair/shared/filter/content/read-content';
import { hostOfUrl, subjectOfHost } from '@mailpair/shared/filter/dns-lists/subjects';
import { attachmentsCheck } from '@mailpair/shared/filter/content/attachments-check';
import { combine } from '@mailpair/shared/filter/contract/combine';
import { contentCheck } from '@mailpair/shared/filter/content/check';
import type { Settings } from '@mailpair/shared/config/settings';
import type { Content } from '@mailpair/shared/platform/values/content';
import type { Judgement } from '@mailpair/shared/filter/contract/verdict';
import { minimal, readText } from '../shared/config/reading.ts';
import { factsWith } from '../support/inquiries.ts';

export interface Judged {
  readonly content: Content;
  /** A gateway that refuses programs, scripts and a listed domain refuses it. */
  readonly isRefused: boolean;
  /** By the settings as they come. */
  readonly usual: Judgement;
}

const unpack = { depth: 3, bytes: 100 * 1024 * 1024, cpuMs: Infinity };
const refuse = ['*.exe', '*.js', 'is:executable'];
const listed = 'evil.example';

export function useJudging(): (message: Buffer) => Judged {
  let library: Libarchive;
  let settings: Settings;
  before(async () => {
    library = await loadLibarchive();
    settings = readText(minimal()).settings!;
  });
  return (message) => {
    const content = contentOf(message, library);
    const facts = factsWith({ content: content.facts });
    const { judge, content: rules, attachments } = settings;
    const policy = { ...attachments, roles: ['mx'] as const };
    const strict = attachmentsCheck({ ...policy, refuse }).judge(facts);
    return {
      content,
      isRefused: strict.some(({ rule }) => rule === 'attachments.refuse') || content.urls.some(isListed),
      usual: combine([...contentCheck(rules).judge(facts), ...attachmentsCheck(policy).judge(facts)], judge),
    };
  };
}

function contentOf(message: Buffer, library: Libarchive): Content {
  const reading = new Reading(message);
  if (reading.hasToOpen) reading.open(new Openings(unpack, library).open);
  return reading.content();
}

/** As lists of domains are asked. */
const isListed = (url: string): boolean => subjectOfHost(hostOfUrl(url))?.subject === listed;
