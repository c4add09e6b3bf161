import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { seeHtml } from '@mailpair/shared/filter/content/html';
import { readContent } from '@mailpair/shared/filter/content/read-content';
import { hostOfUrl } from '@mailpair/shared/filter/dns-lists/subjects';
import { htmlLinks, openLinks } from './links.ts';

const contentOf = (html: string) =>
  readContent(
    Buffer.from(`From: a@b.test\r\nDate: x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n${html}`),
  );
const hostsOf = (html: string): string[] => contentOf(html).urls.map(hostOfUrl);
const faultsOf = (html: string): string[] => contentOf(html).facts.faults.map(({ fault }) => fault);

describe('links of HTML', () => {
  for (const [name, write] of Object.entries({ ...htmlLinks, ...openLinks }))
    it(`are read in ${name}`, () => {
      expect(hostsOf(write('http://evil.example/p'))).to.include('evil.example');
    });

  it('are read in any order of the ways to write them', () => {
    const ways = Object.values(htmlLinks);
    fc.assert(
      fc.property(fc.array(fc.nat(ways.length - 1), { maxLength: 12 }), (chosen) => {
        const html = chosen.map((way, at) => ways[way]!(`http://n${at}.example/p`)).join('\n<p>');
        expect(hostsOf(html)).to.include.members(chosen.map((_, at) => `n${at}.example`));
      }),
      { numRuns: 300 },
    );
  });

  it('are resolved against the base', () => {
    expect([...seeHtml('<base href="http://a.test/x/"><a href="../y">z</a>').urls]).to.deep.equal([
      'http://a.test/x/',
      'http://a.test/y',
    ]);
  });

  it('are not made of other things', () => {
    const html =
      '<a href="#top">x</a><a href="mailto:a@evil.example">x</a><img src="cid:a@evil.example"><img src="images/a.gif">' +
      '<a href="index.html">x</a><!-- <a href="http://evil.example"> --><script>"http://evil.example"</script>' +
      '<img src="data:image/png;base64,ZXZpbC5leGFtcGxl"><title>evil.example</title>';
    expect(hostsOf(html)).to.deep.equal([]);
  });

  it('are all read when one is repeated a thousand times', () => {
    const html = `${'<a href="http://a.test/">x</a>'.repeat(1_100)}<a href="http://evil.example/">x</a>`;
    expect(hostsOf(html)).to.deep.equal(['a.test', 'evil.example']);
  });

  it('without a scheme come after all others', () => {
    expect(contentOf('<a href="b.test/p">x</a><a href="http://a.test/">x</a>').urls).to.deep.equal([
      'http://a.test/',
      'b.test/p',
    ]);
  });
});

describe('HTML that programs read differently', () => {
  for (const html of [
    'x<!-- not closed',
    'x<title>not closed',
    `<a ${'x '.repeat(101)}>`,
    '<a href="http://a.test/" href="http://b.test/">x</a>',
  ])
    it(`is a fault: ${html.slice(0, 30)}`, () => {
      expect(faultsOf(html)).to.include('ambiguous-html');
    });

  for (const html of [
    '<!--[if mso]><table><tr><td><![endif]--><!--[if !mso]><!--><b>x</b><!--<![endif]-->',
    '<!DOCTYPE html><html><head><title>x</title><style>p{}</style></head><body><p title="a < b">x</p></body></html>',
  ])
    it(`is none: ${html.slice(0, 30)}`, () => {
      expect(faultsOf(html)).to.deep.equal([]);
    });

  it('shows what Outlook shows', () => {
    expect(seeHtml('a<!--[if mso]><p>b</p><xml>c</xml><![endif]-->d').text).to.equal('a\nb\nd');
  });
});

/** A reader that takes quadratic time needs minutes for one of these. */
describe('a megabyte of HTML', () => {
  const end = '<p>evil.example/p</p>';
  for (const piece of [
    '<!--',
    '<!',
    '<!--[if mso]>',
    '<a href="',
    "<a href='",
    '<a x=<a ',
    '<title>',
    '<style>@import "',
    '<style>url("',
    '<textarea>',
    '<iframe srcdoc="',
    '<',
    '</',
    '&#',
    'a.',
    'a.bc',
    '<a srcset=a,',
    '<meta content="0;',
    '<p style="url(',
    '<base href=http://a.test/><a href=b>',
    'http://a ',
  ])
    it(`of ${piece} is read to its end`, () => {
      const html = piece.repeat(Math.floor((1024 * 1024 - end.length) / piece.length));
      const { text, aside, hidden } = seeHtml(html + end);
      expect(text.length + aside.length).to.be.lessThan(9 * 1024 * 1024);
      expect(hidden).to.be.at.most(1024 * 1024);
      expect(contentOf(html + end).urls.length).to.be.at.most(200);
    });
});
