import { expect } from 'chai';
import { describe, it } from 'mocha';
import { urlsIn } from '@mailpair/shared/filter/content/urls';

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
    ['http://bücher.test/ http://127.0.0.1/x', ['http://xn--bcher-kva.test/', 'http://127.0.0.1/x']],
    ['evil.example/p and www.evil.example', ['evil.example/p', 'www.evil.example']],
    ['Go to evil.example. (evil.example)', ['evil.example', 'evil.example']],
    ['hxxp://evil.example http:\\\\evil.example', ['evil.example', 'evil.example']],
    ['http://evil。example/ ｅｖｉｌ．example', ['http://evil.example/', 'evil.example']],
    ['a\u200bevil.example/p', ['evil.example/p', 'aevil.example/p']],
    ['ev\u00adil.example', ['il.example', 'evil.example']],
    [
      'EVIL.EXAMPLE:80/p _evil.example_ a..evil.example',
      ['EVIL.EXAMPLE:80/p', 'evil.example', 'evil.example'],
    ],
    ['r.test/?to=http%3A%2F%2Fevil.test', ['r.test/?to=http%3A%2F%2Fevil.test', 'http://evil.test']],
    ['http://user@evil.test:x/', ['http://evil.test/']],
    ['file.txt e.g. index.php node.js and/or.com 1.2.3 U.S. the end.So it is', []],
    ['a@evil.test evil.test@b.test /usr/lib/a.pl src/main.rs', []],
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
