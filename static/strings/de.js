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
    "für|von|vom|ab|seit|vor|nach|auf|über|in|mit|und|oder|als|ist|war|der|die|das|mein|meine|unser|kein|jeden|jede|jedes|letzten|letzter|letzte|vorigen|nächsten|nächstes|kommenden|nicht|guten|&|-|–|+|/",
  "phrase.not_before":
    "und|oder|bis|ist|war|nie|früh|morgen|vormittag|mittag|nachmittag|abend|nacht|&|-|–|+|/",

  // components/date-picker.js
  "date_picker.label": "Fällig",
  "date_picker.phrase": "Fällig, in Worten",
  "date_picker.example": "fr 9 uhr, 2. dez, in 3 tagen",
  "date_picker.not_understood": "Noch kein Datum",
  "date_picker.weekend": "Dieses Wochenende",
  "date_picker.next_week": "Nächste Woche",
  "date_picker.none": "Kein Datum",
  "date_picker.previous_month": "Voriger Monat",
  "date_picker.next_month": "Nächster Monat",
  "date_picker.time": "Uhrzeit",
  "date_picker.set_time": "Setzen",
  "date_picker.zone": "In der Zeit von {zone}",

  // main.js, components/shell.js
  "page.name": "Docket",
  "page.skip": "Zu den Aufgaben springen",
  "page.close": "Schließen",
  "page.offline": "Offline",
  "page.offline_waiting": { one: "Offline · {count} wartet", other: "Offline · {count} warten" },

  // components/sidebar.js
  "sidebar.name": "Ansichten und Listen",
  "sidebar.lists": "Listen",
  "count.open": { one: "{count} offen", other: "{count} offen" },
  "view.inbox": "Eingang",
  "list.add": "Liste hinzufügen",
  "list.name": "Name der Liste",
  "list.missing": "Diese Liste gibt es nicht. Vielleicht wurde sie gelöscht.",
  "list.empty": "Hier ist nichts zu tun. Schreib unten eine Aufgabe.",
  "inbox.empty": "Was dir einfällt, kommt zuerst hierher. Schreib es unten, oder drück irgendwo Q.",

  // state/commands.js
  "command.add": "Aufgabe hinzufügen",
  "command.complete": "Erledigen oder wieder öffnen",
  "command.edit": "Titel bearbeiten",
  "command.delete": "Löschen",
  "command.undo": "Rückgängig",
  "command.down": "Nächste Aufgabe",
  "command.up": "Vorige Aufgabe",
  "command.sidebar": "Seitenleiste zeigen oder verbergen",
  "command.back": "Einen Schritt zurück",

  // components/task-row.js, components/add-field.js
  "task.title": "Titel",
  "task.add": "Aufgabe hinzufügen",
  "task.edit": "„{title}“ bearbeiten",
  "task.delete": "„{title}“ löschen",
  "task.complete": "„{title}“ erledigen",

  // state/undo.js, state/tasks.js
  "undo.nothing": "Es gibt nichts rückgängig zu machen",
  "undo.undone": "Rückgängig gemacht",
  "undo.added": "„{title}“ hinzugefügt",
  "undo.changed": "„{title}“ geändert",
  "undo.changed_many": { one: "{count} Aufgaben geändert", other: "{count} Aufgaben geändert" },
  "undo.completed": "Erledigt: „{title}“",
  "undo.completed_many": { one: "{count} Aufgaben erledigt", other: "{count} Aufgaben erledigt" },
  "undo.reopened": "„{title}“ wieder geöffnet",
  "undo.reopened_many": {
    one: "{count} Aufgaben wieder geöffnet",
    other: "{count} Aufgaben wieder geöffnet",
  },
  "undo.deleted": "„{title}“ gelöscht",
  "undo.deleted_many": { one: "{count} Aufgaben gelöscht", other: "{count} Aufgaben gelöscht" },
  "undo.restored": "„{title}“ wiederhergestellt",
  "undo.restored_many": {
    one: "{count} Aufgaben wiederhergestellt",
    other: "{count} Aufgaben wiederhergestellt",
  },
  "undo.moved": "„{title}“ nach {list} verschoben",
  "undo.moved_many": {
    one: "{count} Aufgaben nach {list} verschoben",
    other: "{count} Aufgaben nach {list} verschoben",
  },
  "undo.reordered": "„{title}“ verschoben",
  "undo.list_added": "Liste „{name}“ hinzugefügt",
  "undo.list_renamed": "Liste in „{name}“ umbenannt",
  "undo.list_reordered": "Liste „{name}“ verschoben",
  "undo.list_deleted": "Liste „{name}“ mit ihren Aufgaben gelöscht",
  "undo.list_restored": "Liste „{name}“ wiederhergestellt",

  // components/sign-in-form.js, views/welcome.js
  "account.sign_in": "Anmelden",
  "account.sign_up": "Konto anlegen",
  "account.sign_out": "Abmelden",
  "account.forgot": "Passwort vergessen?",
  "account.reset": "Neues Passwort setzen",
  "account.name": "Name",
  "account.email": "E-Mail",
  "account.password": "Passwort",
  "account.new_password": "Neues Passwort",
  "account.password_hint": "Mindestens 8 Zeichen. Ein paar Wörter merkt man sich leicht.",
  "account.code": "Code aus deiner Authenticator-App",
  "account.recovery_code": "Wiederherstellungscode",
  "account.use_code": "Authenticator verwenden",
  "account.use_recovery": "Wiederherstellungscode verwenden",
  "account.trust_device": "Auf diesem Gerät 30 Tage lang nicht mehr fragen",
  "account.have_one": "Du hast ein Konto?",
  "account.have_none": "Noch kein Konto?",
  "account.send_link": "Link schicken",
  "account.mail_sent": "Wenn es ein Konto mit dieser Adresse gibt, ist ein Link unterwegs.",
  "account.password_set": "Dein neues Passwort gilt. Melde dich damit an.",
  "account.again": "Wieder anmelden",
  "account.again_why": "Deine Sitzung ist zu Ende. Nichts, was du geschrieben hast, geht verloren.",

  // views/settings.js
  "settings.title": "Einstellungen",
  "settings.theme": "Aussehen",
  "settings.theme.system": "Wie das System",
  "settings.theme.light": "Hell",
  "settings.theme.dark": "Dunkel",

  // what goes wrong
  "error.part":
    "Dieser Teil der Seite konnte nicht geladen werden. Prüf die Verbindung und lade neu.",
  "error.unreachable": "Der Server ist nicht erreichbar. Versuch es gleich noch einmal.",
  "error.too_many": "Zu viele Versuche. Warte etwas und versuch es noch einmal.",
  "error.wrong_password": "Die E-Mail oder das Passwort stimmt nicht.",
  "error.wrong_password_only": "Das Passwort stimmt nicht.",
  "error.email": "Das ist keine E-Mail-Adresse.",
  "error.email_taken": "Mit dieser E-Mail gibt es schon ein Konto.",
  "error.password_short": "Das Passwort braucht mindestens 8 Zeichen.",
  "error.password_long": "Das Passwort kann höchstens 128 Zeichen haben.",
  "error.password_common": "Dieses Passwort verwenden zu viele. Wähl ein anderes.",
  "error.code": "Der Code stimmt nicht oder wurde schon verwendet.",
  "error.link": "Dieser Link gilt nicht mehr. Fordere einen neuen an.",
  "error.gone": "Nicht gespeichert: Es wurde anderswo gelöscht.",
  "error.refused": "Nicht gespeichert: {reason}",
  "error.refused_text": "Nicht gespeichert: {reason} — „{text}“",
};
