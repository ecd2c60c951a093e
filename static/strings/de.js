/** What the page says, in German. */
export default {
  // lib/date_words.js
  "date.today": "Heute",
  "date.tomorrow": "Morgen",
  "date.yesterday": "Gestern",
  "date.days_late": { one: "{count} Tag zu spät", other: "{count} Tage zu spät" },
  "date.at": "{day} {time}",
  "date.elsewhere": "{here} ({there})",

  // lib/date_phrases.js: in lower case, other words for the same with "|" between them
  "phrase.today": "heute",
  "phrase.tomorrow": "morgen",
  "phrase.day_after_tomorrow": "übermorgen",
  "phrase.weekend": "wochenende|am wochenende|dieses wochenende",
  "phrase.next_week": "nächste woche",
  "phrase.next": "nächsten|nächster|nächste",
  // Not "so", which is a word.
  "phrase.weekdays":
    "mo|montag, di|dienstag, mi|mittwoch, do|donnerstag, fr|freitag, sa|samstag|sonnabend, sonntag",
  "phrase.month_names":
    "jan|januar|jänner, feb|februar, mär|märz, apr|april, mai, jun|juni, jul|juli, aug|august, sep|sept|september, okt|oktober, nov|november, dez|dezember",
  "phrase.in": "in",
  "phrase.one": "ein|eine|einem|einer",
  "phrase.days": "tag|tage|tagen",
  "phrase.weeks": "woche|wochen",
  "phrase.months": "monat|monate|monaten",
  "phrase.lead": "am|bis|zum|diesen|den",
  "phrase.at": "um|bis|@",
  "phrase.oclock": "uhr|h",
  "phrase.noon": "mittag|mittags",
  // A date after one of these words, or before one of those, is part of a sentence.
  "phrase.not_after":
    "für|von|vom|ab|seit|vor|nach|auf|über|und|oder|als|jeden|jede|jedes|letzten|letzter|letzte|vorigen|nächsten|nächstes|kommenden|nicht|guten|&|-|–|+|/",
  "phrase.not_before":
    "und|oder|bis|ist|war|nie|früh|morgen|vormittag|mittag|nachmittag|abend|nacht|&|-|–|+|/",
};
