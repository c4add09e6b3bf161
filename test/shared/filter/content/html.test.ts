import { expect } from 'chai';
import { describe, it } from 'mocha';
import { seeHtml } from '@mailpair/shared/filter/content/html';

describe('HTML as a reader sees it', () => {
  for (const [html, text] of [
    ['<p>One</p><p>Two<br>Three &amp; &eacute;&#x41;</p>', 'One\nTwo\nThree & éA'],
    ['<b>V</b>ia<i>gra</i>', 'Viagra'],
    ['a<!-- not this > nor this -->b', 'ab'],
    ['a<script>if (1 < 2) "</b>"</script>b<style>p{}</style>c', 'abc'],
    ['a<SCRIPT>x</Script >b', 'ab'],
    ['1 < 2 and <3', '1 < 2 and <3'],
    ['<a title="x > y">link</a>', 'link'],
    ['<td>a<td>b', 'a b'],
    ['unclosed <b', 'unclosed'],
    ['x<!-- never closed', 'x'],
    ['<div style="display:none">gone <div>too</div> gone</div>seen', 'seen'],
    ['<span style="FONT-SIZE: 0px">gone</span>seen<span style="font-size:0.9em">too</span>', 'seentoo'],
    ['<p hidden>gone</p>seen', 'seen'],
  ] as const)
    it(html, () => {
      expect(seeHtml(html).text).to.equal(text);
    });

  it('counts what is hidden', () => {
    expect(seeHtml('<div style="visibility: hidden">ab, c</div>d').hidden).to.equal(3);
  });

  it('leads to URLs, written as browsers would take them', () => {
    const { urls } = seeHtml(
      '<a href="HTTPS://A.test/?x=1&amp;y=2">a</a><a href=http://b.test/x>b</a><img src=\'//c.test/i.png\'>' +
        '<a href="ht\ntp://d.test/">d</a><a href="/here">e</a><a href="mailto:x@f.test">f</a>' +
        '<meta http-equiv=refresh content="0; url=http://g.test/">',
    );
    expect([...urls]).to.deep.equal([
      'HTTPS://A.test/?x=1&y=2',
      'http://b.test/x',
      'http://c.test/i.png',
      'http://d.test/',
      'http://g.test/',
    ]);
  });
});
