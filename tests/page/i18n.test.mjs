import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { afterEach, test } from "node:test";

import { LANGUAGES, language, locale, pickLanguage, t, useLanguage } from "../../static/lib/i18n.js";

const STRINGS = new URL("../../static/strings/", import.meta.url);
const { default: english } = await import(new URL("en.js", STRINGS).href);

afterEach(() => useLanguage("en", []));

/** Every form of a text. */
const forms = (text) => (typeof text === "string" ? [text] : Object.values(text));
const placeholders = (text) => [...new Set(text.match(/\{[^}]*\}/g) ?? [])].sort();

test("there is a table for each language and no other", () => {
  const files = readdirSync(STRINGS).sort();
  assert.deepEqual(files, Object.keys(LANGUAGES).map((name) => `${name}.js`).sort());
});

for (const name of Object.keys(LANGUAGES)) {
  const { default: table } = await import(new URL(`${name}.js`, STRINGS).href);

  test(`${name} has exactly the keys of English`, () => {
    assert.deepEqual(Object.keys(table).sort(), Object.keys(english).sort());
  });

  test(`${name} has the placeholders of English, and nothing blank`, () => {
    for (const [key, text] of Object.entries(table)) {
      for (const form of forms(text)) {
        assert.match(form, /\S/, key);
        assert.deepEqual(placeholders(form), placeholders(forms(english[key])[0]), key);
      }
    }
  });

  test(`${name} has every plural of its language where English has plurals`, () => {
    const needed = new Intl.PluralRules(name).resolvedOptions().pluralCategories.sort();
    for (const [key, text] of Object.entries(table)) {
      assert.equal(typeof text, typeof english[key], key);
      if (typeof text === "object") assert.deepEqual(Object.keys(text).sort(), needed, key);
    }
  });
}

test("a text is filled, and its count chooses the plural", () => {
  assert.equal(t("date.at", { day: "Today", time: "{day}" }), "Today {day}");
  assert.equal(t("date.days_late", { count: 1 }), "1 day late");
  assert.equal(t("date.days_late", { count: 2000 }), "2,000 days late");
});

test("a chosen language is fetched and used", async () => {
  await useLanguage("de", ["en-US", "de-AT"]);
  assert.deepEqual([language(), locale()], ["de", "de-AT"]);
  assert.equal(t("date.days_late", { count: 1 }), "1 Tag zu spät");
  assert.equal(t("date.days_late", { count: 3 }), "3 Tage zu spät");
});

test("without a choice it is the first of the browser's languages that there is", () => {
  const cases = [
    [null, [], "en", "en"],
    [null, ["en-GB", "de"], "en", "en-GB"],
    [null, ["fr", "de-CH", "en"], "de", "de-CH"],
    [null, ["DE"], "de", "DE"],
    [null, ["fr"], "en", "en"],
    ["de", ["en-GB"], "de", "de"],
    ["en", ["de-DE", "en-GB"], "en", "en-GB"],
    ["xx", ["de-DE"], "de", "de-DE"],
    ["constructor", ["toString"], "en", "en"],
  ];
  for (const [chosen, preferred, language, locale] of cases) {
    assert.deepEqual(pickLanguage(chosen, preferred), { language, locale }, `${chosen} ${preferred}`);
  }
});
