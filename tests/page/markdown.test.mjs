import assert from "node:assert/strict";
import { test } from "node:test";

import { markdown, safeAddress } from "../../static/lib/markdown.js";

/** Every element of what was rendered. */
function* elements(child) {
  if (Array.isArray(child)) for (const one of child) yield* elements(one);
  if (child === null || typeof child !== "object" || Array.isArray(child)) return;
  yield child;
  yield* elements(child.props.children);
}

/** What was rendered, written shortly: `<p>a <em>b</em></p>`. */
function written(child) {
  if (Array.isArray(child)) return child.map(written).join("");
  if (child === null || child === undefined) return "";
  if (typeof child !== "object") return String(child);
  const { children, ...attributes } = child.props;
  const known = Object.entries(attributes).filter(([name, value]) => value != null && !AWAY.has(name));
  const head = [child.type, ...known.map(([name, value]) => `${name}=${value}`)].join(" ");
  return `<${head}>${written(children)}</${child.type}>`;
}

const AWAY = new Set(["target", "rel", "tabindex"]);
const TAGS = new Set(
  "p h3 h4 h5 h6 blockquote strong em del pre code ul ol li hr br div table thead tbody tr th td a".split(" "),
);
const ATTRIBUTES = new Set(["href", "title", "target", "rel", "start", "class", "tabindex", "data-align", "children"]);

test("Markdown becomes elements", () => {
  const cases = {
    "# A *b*": "<h3>A <em>b</em></h3>",
    "#### A": "<h6>A</h6>",
    "a\nb": "<p>a<br></br>b</p>",
    "**a** ~~b~~ `c`": "<p><strong>a</strong> <del>b</del> <code>c</code></p>",
    "> a": "<blockquote><p>a</p></blockquote>",
    "```\n<a>\n```": "<pre><code><a></code></pre>",
    "- a\n- [x] b": "<ul><li>a</li><li>☑ b</li></ul>",
    "3. a\n\n4. b": "<ol start=3><li><p>a</p></li><li><p>b</p></li></ol>",
    "---": "<hr></hr>",
    "[a](https://b.example \"c\")": "<p><a href=https://b.example/ title=c>a</a></p>",
    "https://b.example": "<p><a href=https://b.example/>https://b.example</a></p>",
    "a@b.example": "<p><a href=mailto:a@b.example>a@b.example</a></p>",
    "![a](https://b.example/c.png)": "<p><a href=https://b.example/c.png>a</a></p>",
    "|a|\n|-:|\n|b|":
      "<div class=prose__table><table><thead><tr><th data-align=right>a</th></tr></thead><tbody><tr><td data-align=right>b</td></tr></tbody></table></div>",
    "<b>a</b>": "<p><b>a</b></p>",
    "a \\* b": "<p>a * b</p>",
    "": "",
  };
  for (const [text, expected] of Object.entries(cases)) assert.equal(written(markdown(text)), expected, text);
});

// SECURITY-BAR H12
test("user text is text, whatever it looks like", () => {
  const inline = "<b onclick=x>a</b> &lt; &amp;";
  const [paragraph] = markdown(inline);
  assert.deepEqual([paragraph.type, paragraph.props.children.join("")], ["p", inline]);
  const [block] = markdown("<script>alert(1)</script>");
  assert.deepEqual([block.type, block.props.children], ["p", "<script>alert(1)</script>"]);
});

// SECURITY-BAR H12
test("a link leads to http, https or mailto, and takes nothing along", () => {
  const good = ["http://a.example", "HTTPS://a.example/b?c#d", "mailto:a@b.example", "<https://a.example>"];
  for (const address of good) {
    const text = address.startsWith("<") ? address : `[a](${address})`;
    const links = [...elements(markdown(text))].filter(({ type }) => type === "a");
    assert.equal(links.length, 1, text);
    assert.deepEqual([links[0].props.rel, links[0].props.target], ["noopener noreferrer", "_blank"]);
  }
});

const HOSTILE = [
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  " javascript:alert(1)",
  "java\tscript:alert(1)",
  "java\nscript:alert(1)",
  "java&#10;script:alert(1)",
  "javascript&colon;alert(1)",
  "&#106;avascript:alert(1)",
  "&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A&#x61",
  "javascript%3Aalert(1)",
  "\u0001javascript:alert(1)",
  "javascript://a.example/%0aalert(1)",
  "javascript:https://a.example",
  "vbscript:msgbox(1)",
  "livescript:x",
  "data:text/html,<script>alert(1)</script>",
  "data:text/html;base64,PHNjcmlwdD4=",
  "data:image/svg+xml,<svg onload=alert(1)>",
  "blob:https://a.example/1",
  "filesystem:https://a.example/1",
  "file:///etc/passwd",
  "ftp://a.example",
  "about:blank",
  "view-source:https://a.example",
  "intent://a#Intent;end",
  "ws://a.example",
  "tel:1",
  "//a.example",
  "/api/auth/sign-out",
  "?a",
  "#a",
  "\\\\a.example",
  "a.example",
  "",
];

// SECURITY-BAR H12
test("no other address is ever linked", () => {
  for (const address of HOSTILE) {
    assert.equal(safeAddress(address), null, address);
    const forms = [
      `[a](${address})`,
      `[a](<${address}>)`,
      `[a](${address} "t")`,
      `<${address}>`,
      `[a][b]\n\n[b]: ${address}`,
      `[a][b]\n\n[b]: <${address}>`,
      `![a](${address})`,
      `[![a](${address})](${address})`,
      `| [a](${address}) |\n|-|\n| x |`,
    ];
    for (const text of forms) {
      for (const { type, props } of elements(markdown(text))) {
        if (type === "a") assert.match(props.href, /^(https?:\/\/|mailto:)/, text);
      }
    }
  }
});

// SECURITY-BAR H12
test("nothing but the known elements and attributes comes out of an attack", () => {
  const attacks = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--><img src=x onerror=alert(1)>\">",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<a href=\"javascript:alert(1)\">a</a>",
    "<base href=//a.example>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<object data=javascript:alert(1)>",
    "<form action=javascript:alert(1)><button>a",
    "<style>*{background:url(//a.example)}</style>",
    "<link rel=stylesheet href=//a.example>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php alert(1) ?>",
    "<div\nonmouseover=alert(1)>",
    "[a](https://a.example \"\\\" onmouseover=\\\"alert(1)\")",
    "[a](https://a.example/\"onmouseover=\"alert(1))",
    "![a\" onerror=\"alert(1)](https://a.example/x)",
    "[<img src=x onerror=alert(1)>](https://a.example)",
    "`<script>alert(1)</script>`",
    "```\"><script>alert(1)</script>\na\n```",
    "# <script>alert(1)</script>",
    "- <img src=x onerror=alert(1)>",
    "|<img src=x onerror=alert(1)>|\n|:-\"onclick=\"|\n|a|",
    "3\" onclick=\"alert(1). a",
    "[a]: javascript:alert(1)\n\n[a]",
    "[__proto__]: javascript:alert(1)\n\n[__proto__] [constructor]",
    "[a](https://a.example)<script>alert(1)</script>",
    "<https://a.example/<script>>",
    "<javascript:alert(1)>",
    "<x onclick=alert(1)@a.example>",
    "a\u0000<script\u0000>alert(1)</script>",
    "\u2028<script>alert(1)</script>",
    ...HOSTILE.map((address) => `<a href="${address}">a</a>`),
  ];
  for (const text of attacks) {
    for (const prefix of ["", "> ", "- ", "1. ", "    ", "**", "a "]) {
      for (const { type, props } of elements(markdown(prefix + text))) {
        assert(TAGS.has(type), `${type}: ${text}`);
        for (const name of Object.keys(props)) assert(ATTRIBUTES.has(name), `${name}: ${text}`);
      }
    }
  }
});

test("what nests too deep is shown as it was written", () => {
  const quotes = ">".repeat(16000);
  assert.equal(written(markdown(quotes)), `<p class=prose__plain>${quotes}</p>`);
  assert.match(written(markdown(`${"> ".repeat(60)}a`)), /<blockquote>(> )+a<\/blockquote>/);
});

test("nothing that is too deep or too odd makes it fail", () => {
  for (const piece of [">", "> ", "- ", "1. ", "[", "![", "*", "_a ", "`", "<", "[a](", "|", "\\", "&", "a_", "\n", "\t"]) {
    const text = piece.repeat(16384 / piece.length);
    const deepest = Math.max(0, ...depths(markdown(text), 0));
    assert(deepest < 100, piece);
  }
});

function* depths(child, depth) {
  if (Array.isArray(child)) for (const one of child) yield* depths(one, depth);
  else if (child !== null && typeof child === "object") {
    yield depth;
    yield* depths(child.props.children, depth + 1);
  }
}
