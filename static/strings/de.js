/** What the page says, in German. */
export default {
  // lib/date_words.js
  "date.today": "Heute",
  "date.tomorrow": "Morgen",
  "date.yesterday": "Gestern",
  "date.days_late": { one: "{count} Tag zu spät", other: "{count} Tage zu spät" },
  "date.at": "{day} {time}",
  "date.elsewhere": "{here} ({there})",
};
