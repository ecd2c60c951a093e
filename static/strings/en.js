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

  // lib/date_phrases.js: in lower case, other words for the same with "|" between them
  "phrase.today": "today|tod",
  "phrase.tomorrow": "tomorrow|tom",
  "phrase.day_after_tomorrow": "day after tomorrow|the day after tomorrow",
  "phrase.weekend": "weekend|the weekend|this weekend|at the weekend",
  "phrase.next_week": "next week",
  "phrase.next": "next",
  "phrase.weekdays":
    "mon|monday, tue|tues|tuesday, wed|wednesday, thu|thur|thurs|thursday, fri|friday, sat|saturday, sun|sunday",
  "phrase.month_names":
    "jan|january, feb|february, mar|march, apr|april, may, jun|june, jul|july, aug|august, sep|sept|september, oct|october, nov|november, dec|december",
  "phrase.in": "in",
  "phrase.one": "a|one",
  "phrase.days": "day|days",
  "phrase.weeks": "week|weeks",
  "phrase.months": "month|months",
  "phrase.lead": "on|by|due|this",
  "phrase.at": "at|by|@",
  "phrase.oclock": "o'clock|o’clock",
  "phrase.noon": "noon",
  // A date after one of these words, or before one of those, is part of a sentence.
  "phrase.not_after":
    "for|from|of|until|till|since|before|after|about|to|and|or|than|the|a|every|each|last|past|previous|next|following|not|black|good|ash|palm|easter|cyber|&|-|–|+|/",
  "phrase.not_before":
    "and|or|to|until|till|is|was|never|morning|afternoon|evening|night|&|-|–|+|/",
};
