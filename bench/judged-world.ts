/**
 * What judging needs around it, the same for every candidate: a DNS with what the sender publishes, one message of the
 * sender, signed, and mail of two kinds to train a classifier with.
 *
 * The text is made of two vocabularies that overlap by half, as those of wanted and unwanted mail do.
 */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeDkimSignatures } from '@mailpair/shared/gateway/sign/compose-signature';
import { readMessage } from '@mailpair/shared/gateway/sign/read-message';
import { signingKey } from '@mailpair/shared/gateway/sign/signing-key';
import { startDns } from '../test/support/dns-server.ts';
import { bodyText } from '../test/support/spool-mail.ts';
import { atEnd } from './endings.ts';
import { OUTSIDE, takeOutsideAddress } from './outside-address.ts';

export interface JudgedWorld {
  /** Host and port. */
  readonly dns: string;
  /** The message that is sent again and again, lines ending in LF. */
  readonly messageFile: string;
  /** Directories with a message in each file. */
  readonly ham: string;
  readonly spam: string;
  close(): Promise<void>;
}

const TRAINING = 300;
const SENDER = 'sender.example';

export async function openJudgedWorld(directory: string, sizeBytes: number): Promise<JudgedWorld> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const dns = await startDns({
    [SENDER]: { TXT: [`v=spf1 ip4:${OUTSIDE} -all`], MX: [[10, `mx.${SENDER}`]], A: ['192.0.2.80'] },
    [`bench._domainkey.${SENDER}`]: {
      TXT: [`v=DKIM1; k=rsa; p=${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`],
    },
    [`_dmarc.${SENDER}`]: { TXT: ['v=DMARC1; p=reject'] },
    [`${OUTSIDE.split('.').toReversed().join('.')}.in-addr.arpa`]: { PTR: ['client.example'] },
    'client.example': { A: [OUTSIDE] },
  });
  const giveBack = takeOutsideAddress();
  const close = atEnd(async () => {
    await giveBack();
    await dns.close();
  });
  const messageFile = join(directory, 'message.eml');
  const plain = composeMail('ham', 0, sizeBytes);
  writeFileSync(messageFile, toLf((await signatureOf(plain, privateKey)) + plain));
  for (const kind of ['ham', 'spam'] as const) {
    mkdirSync(join(directory, kind));
    for (let number = 1; number <= TRAINING; number += 1)
      writeFileSync(join(directory, kind, `${number}.eml`), toLf(composeMail(kind, number, sizeBytes)));
  }
  return { dns: dns.address, messageFile, ham: join(directory, 'ham'), spam: join(directory, 'spam'), close };
}

async function signatureOf(message: string, key: KeyObject): Promise<string> {
  const read = await readMessage('', bodyText(message));
  if (typeof read === 'string') throw new Error(read);
  return composeDkimSignatures({
    fields: read.fields,
    bodyHash: await read.bodyHash(),
    at: Date.now(),
    keys: [signingKey(SENDER, 'bench', key)],
  });
}

const toLf = (text: string): string => text.replaceAll('\r\n', '\n');

/** Two thousand words each; the first thousand of spam are the last thousand of ham. */
const FIRST_WORD = { ham: 0, spam: 1_000 } as const;

function composeMail(kind: 'ham' | 'spam', number: number, sizeBytes: number): string {
  const words = vocabulary(number * 2 + FIRST_WORD[kind], FIRST_WORD[kind]);
  const head = [
    `From: Ann <ann@${SENDER}>`,
    'To: <user@hosted.example>',
    `Subject: ${Array.from({ length: 5 }, words).join(' ')}`,
    'Date: Wed, 25 Nov 2026 10:00:00 +0000',
    `Message-ID: <${kind}-${number}@${SENDER}>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
  ];
  const lines: string[] = [];
  for (let left = sizeBytes; left > 0; left -= lines.at(-1)!.length + 2)
    lines.push(Array.from({ length: 11 }, words).join(' '));
  return [...head, '', ...lines, ''].join('\r\n');
}

/** Words of a kind's vocabulary, the same for the same seed: a linear congruential generator over made-up syllables. */
function vocabulary(seed: number, firstWord: number): () => string {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const index = firstWord + ((state >>> 8) % 2_000);
    return syllables[index % 16]! + syllables[(index >> 4) % 16]! + syllables[(index >> 8) % 16]!;
  };
}

const syllables = 'ba ke li mo nu pra stre vil dor fen gal hos jun tre wex yor'.split(' ');
