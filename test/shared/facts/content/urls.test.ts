import { expect } from 'chai';
import { describe, it } from 'mocha';
import { urlsIn } from '@mailpair/shared/facts/content/urls';

function urls(text: string): string[] {
  const found: string[] = [];
  urlsIn(text, (url) => found.push(url));
  return found;
}

describe('URLs in text', () => {
  for (const [text, found] of [
    ['See http://a.test/x. And (https://b.test/y), too', ['http://a.test/x', 'https://b.test/y']],
    ['https://a.test/wiki/x_(y)', ['https://a.test/wiki/x_(y)']],
    ['www.a.test/x and <http://b.test>', ['www.a.test/x', 'http://b.test']],
    ['http://bücher.test/ http://127.0.0.1/x', ['http://bücher.test/', 'http://127.0.0.1/x']],
    [
      'https://r.test/go?to=https%3A%2F%2Fevil.test%2Fx&y=1',
      ['https://r.test/go?to=https%3A%2F%2Fevil.test%2Fx&y=1', 'https://evil.test/x&y=1'],
    ],
    ['https://r.test/https://evil.test/', ['https://r.test/https://evil.test/', 'https://evil.test/']],
    ['nothing http:// here', []],
  ] as const)
    it(text, () => {
      expect(urls(text)).to.deep.equal(found);
    });
});
