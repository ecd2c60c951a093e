/**
 * What the page says, in English. The other languages have exactly these keys
 * and, in each text, these placeholders.
 *
 * A text with a number has a form for each case of the language's plural, told
 * apart by `{count}`.
 */
export default {
  // lib/date_words.js
  "date.today": "Today",
  "date.tomorrow": "Tomorrow",
  "date.yesterday": "Yesterday",
  "date.days_late": { one: "{count} day late", other: "{count} days late" },
  "date.at": "{day} {time}",
  "date.elsewhere": "{here} ({there})",
};
