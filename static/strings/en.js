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
    "for|from|of|until|till|since|before|after|about|in|with|to|and|or|than|as|is|was|the|a|my|our|your|some|any|every|each|last|past|previous|next|following|not|black|good|ash|palm|easter|cyber|&|-|–|+|/",
  "phrase.not_before":
    "and|or|to|until|till|is|was|never|morning|afternoon|evening|night|&|-|–|+|/",

  // components/date-picker.js
  "date_picker.label": "Due",
  "date_picker.phrase": "Due, in words",
  "date_picker.example": "fri 9am, 2 dec, in 3 days",
  "date_picker.not_understood": "Not a date yet",
  "date_picker.weekend": "This weekend",
  "date_picker.next_week": "Next week",
  "date_picker.none": "No date",
  "date_picker.previous_month": "Previous month",
  "date_picker.next_month": "Next month",
  "date_picker.time": "Time",
  "date_picker.set_time": "Set",
  "date_picker.zone": "In the time of {zone}",

  // main.js, components/shell.js
  "page.name": "Docket",
  "page.skip": "Skip to the tasks",
  "page.close": "Close",
  "page.offline": "Offline",
  "page.offline_waiting": { one: "Offline · {count} waiting", other: "Offline · {count} waiting" },

  // components/sidebar.js
  "sidebar.name": "Views and lists",
  "sidebar.lists": "Lists",
  "count.open": { one: "{count} open", other: "{count} open" },
  "view.inbox": "Inbox",
  "list.add": "Add a list",
  "list.name": "Name of the list",
  "list.missing": "There is no such list. It may have been deleted.",
  "list.empty": "Nothing to do here. Type a task below.",
  "inbox.empty": "Whatever comes to mind goes here first. Type it below, or press Q anywhere.",

  // state/commands.js
  "command.add": "Add a task",
  "command.complete": "Complete or reopen",
  "command.edit": "Edit the title",
  "command.delete": "Delete",
  "command.undo": "Undo",
  "command.down": "Next task",
  "command.up": "Previous task",
  "command.sidebar": "Show or hide the sidebar",
  "command.back": "One step back",

  // components/task-row.js, components/add-field.js
  "task.title": "Title",
  "task.add": "Add a task",
  "task.edit": "Edit “{title}”",
  "task.delete": "Delete “{title}”",
  "task.complete": "Complete “{title}”",

  // state/undo.js, state/tasks.js
  "undo.nothing": "There is nothing to undo",
  "undo.undone": "Undone",
  "undo.added": "Added “{title}”",
  "undo.changed": "Changed “{title}”",
  "undo.changed_many": { one: "Changed {count} tasks", other: "Changed {count} tasks" },
  "undo.completed": "Done: “{title}”",
  "undo.completed_many": { one: "{count} tasks done", other: "{count} tasks done" },
  "undo.reopened": "Reopened “{title}”",
  "undo.reopened_many": { one: "{count} tasks reopened", other: "{count} tasks reopened" },
  "undo.deleted": "Deleted “{title}”",
  "undo.deleted_many": { one: "{count} tasks deleted", other: "{count} tasks deleted" },
  "undo.restored": "Restored “{title}”",
  "undo.restored_many": { one: "{count} tasks restored", other: "{count} tasks restored" },
  "undo.moved": "Moved “{title}” to {list}",
  "undo.moved_many": {
    one: "Moved {count} tasks to {list}",
    other: "Moved {count} tasks to {list}",
  },
  "undo.reordered": "Moved “{title}”",
  "undo.list_added": "Added the list “{name}”",
  "undo.list_renamed": "Renamed the list to “{name}”",
  "undo.list_reordered": "Moved the list “{name}”",
  "undo.list_deleted": "Deleted the list “{name}” with its tasks",
  "undo.list_restored": "Restored the list “{name}”",

  // components/sign-in-form.js, views/welcome.js
  "account.sign_in": "Sign in",
  "account.sign_up": "Create an account",
  "account.sign_out": "Sign out",
  "account.forgot": "Forgot your password?",
  "account.reset": "Set a new password",
  "account.name": "Name",
  "account.email": "E-mail",
  "account.password": "Password",
  "account.new_password": "New password",
  "account.password_hint": "At least 8 characters. A few words are easy to remember.",
  "account.code": "Code from your authenticator",
  "account.recovery_code": "Recovery code",
  "account.use_code": "Use the authenticator",
  "account.use_recovery": "Use a recovery code",
  "account.trust_device": "Do not ask again on this device for 30 days",
  "account.have_one": "You have an account?",
  "account.have_none": "No account yet?",
  "account.send_link": "Send a link",
  "account.mail_sent": "If there is an account with this address, a link is on its way.",
  "account.password_set": "Your new password is set. Sign in with it.",
  "account.again": "Sign in again",
  "account.again_why": "Your session has ended. Nothing you typed is lost.",

  // views/settings.js
  "settings.title": "Settings",
  "settings.theme": "Appearance",
  "settings.theme.system": "As the system",
  "settings.theme.light": "Light",
  "settings.theme.dark": "Dark",

  // what goes wrong
  "error.part": "This part of the page could not be loaded. Check the connection and reload.",
  "error.unreachable": "The server cannot be reached. Try again in a moment.",
  "error.too_many": "Too many tries. Wait a little and try again.",
  "error.wrong_password": "The e-mail or the password is wrong.",
  "error.wrong_password_only": "The password is wrong.",
  "error.email": "This is not an e-mail address.",
  "error.email_taken": "There is an account with this e-mail already.",
  "error.password_short": "The password needs at least 8 characters.",
  "error.password_long": "The password can have at most 128 characters.",
  "error.password_common": "Too many people use this password. Choose another one.",
  "error.code": "The code is wrong or was used before.",
  "error.link": "This link is not valid any more. Ask for a new one.",
  "error.gone": "Not saved: it was deleted elsewhere.",
  "error.refused": "Not saved: {reason}",
  "error.refused_text": "Not saved: {reason} — “{text}”",
};
