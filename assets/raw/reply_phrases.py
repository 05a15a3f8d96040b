"""What mail programs and people write around a reply, in many languages, in small letters. How it is used stands in `reply_text`."""

import re
from typing import Final

ATTRIBUTION_HEADS: Final = (
    *("on ", "am ", "le ", "el ", "il ", "op ", "em ", "w dniu ", "dnia ", "den ", "dne ", "dňa ", "em\u00a0", "a ", "på ", "på\u00a0"),
    *("в ", "în ", "pe ", "στις ", "at ", "da: ", "from: ", "ma ", "ti ", "ke ", "to ", "pe ", "la ", "su ", "pon.", "wt.", "śr.", "czw."),
    *("pt.", "sob.", "niedz.", "пн", "вт", "ср", "чт", "пт", "сб", "вс", "нд", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "man"),
    *("tir", "ons", "tor", "fre", "lør", "søn", "po ", "út ", "st ", "čt ", "pá ", "so ", "ne ", "понедельник", "вторник", "среда"),
    *("четверг", "пятница", "суббота", "воскресенье", "在", "於"),
)
"""How the line begins that says who wrote what follows, or the first of its lines."""

ATTRIBUTION_VERBS: Final = (
    *(
        "wrote",
        "writes",
        "schrieb",
        "geschrieben",
        "a écrit",
        "a ecrit",
        "écrivait",
        "écrit",
        "escribió",
        "escribio",
        "escribe",
        "ha escrit",
    ),
    *("ha scritto", "scrive", "schreef", "geschreven", "escreveu", "escreve", "pisze", "napisał", "napisała", "skrev", "skriver"),
    *("kirjoitti", "написал", "пишет", "писал", "написав", "пише", "napsal", "napísal", "yazdı", "írta", "a scris", "έγραψε"),
    *(
        "書きました",
        "のメール",
        "さんからのメール",
        "写道",
        "寫道",
        "作成",
        "작성",
        "님이 씀",
        "כתב",
        "كتب",
        "đã viết",
        "menulis",
        "เขียนว่า",
    ),
)

DIVIDERS: Final = frozenset(
    (
        *("original message", "original appointment", "original email", "original mail", "forwarded message", "forwarded mail"),
        *("reply message", "previous message", "ursprüngliche nachricht", "originalnachricht", "original-nachricht", "original nachricht"),
        *("weitergeleitete nachricht", "urspr. nachricht", "message d'origine", "message d’origine", "message original", "message initial"),
        *("message transféré", "message transmis", "courriel original", "mensaje original", "mensaje reenviado", "mensaje de origen"),
        *("messaggio originale", "messaggio originario", "messaggio inoltrato", "oorspronkelijk bericht", "origineel bericht"),
        *("doorgestuurd bericht", "mensagem original", "mensagem encaminhada", "wiadomość oryginalna", "oryginalna wiadomość"),
        *("treść oryginalnej wiadomości", "wiadomość przekazana", "originalmeddelande", "ursprungligt meddelande", "ursprungsmeddelande"),
        *("vidarebefordrat meddelande", "oprindelig meddelelse", "videresendt meddelelse", "opprinnelig melding", "videresendt melding"),
        *("alkuperäinen viesti", "välitetty viesti", "исходное сообщение", "пересылаемое сообщение", "оригинальное сообщение"),
        *("вихідне повідомлення", "původní zpráva", "původní e-mail", "pôvodná správa", "orijinal mesaj", "özgün ileti", "i̇letilen ileti"),
        *("eredeti üzenet", "mesaj original", "αρχικό μήνυμα", "元のメッセージ", "元のメール", "転送メッセージ", "原始邮件", "原始郵件"),
        *("转发邮件", "轉寄郵件", "原邮件", "원본 메시지", "원본 메일", "전달된 메시지", "הודעה מקורית", "الرسالة الأصلية"),
    )
)
"""Between dashes on both sides."""

PLAIN_DIVIDERS: Final = (
    *("begin forwarded message", "anfang der weitergeleiteten nachricht", "début du message réexpédié", "début du message transféré"),
    *("inicio del mensaje reenviado", "inizio messaggio inoltrato", "begin doorgestuurd bericht", "início da mensagem encaminhada"),
    *("início da mensagem reencaminhada", "początek przekazywanej wiadomości", "vidarebefordrat brev", "videresendt besked"),
    *("начало переадресованного сообщения", "転送されたメッセージ", "下面是被转发的邮件", "以下是轉寄的郵件"),
)
"""Without dashes, before a colon."""

ABOVE_THIS_LINE: Final = (
    *("reply above this line", "type your reply above", "write above this line", "antworten sie oberhalb dieser zeile"),
    *("über dieser zeile", "oberhalb dieser linie", "répondre au-dessus de cette ligne", "responda por encima de esta línea"),
    *("escriba su respuesta por encima", "rispondi sopra questa riga", "antwoord boven deze regel", "responda acima desta linha"),
)
"""What ticket systems ask for."""

_LABELS: Final = {
    "from": (
        *("from", "von", "de", "da", "van", "od", "från", "fra", "lähettäjä", "от", "от кого", "від", "kimden", "gönderen", "feladó"),
        *("de la", "από", "expéditeur", "remitente", "mittente", "afzender", "absender", "差出人", "送信者", "发件人", "寄件者", "寄件人"),
        *("보낸 사람", "보낸사람", "מאת", "من", "odesílatel"),
    ),
    "sent": (
        *("sent", "date", "gesendet", "datum", "envoyé", "envoyé le", "date d'envoi", "enviado", "enviado el", "enviada em", "enviado em"),
        *("enviada", "fecha", "inviato", "data", "verzonden", "wysłano", "wysłane", "data wysłania", "skickat", "sendt", "dato"),
        *("lähetetty", "päivämäärä", "päiväys", "отправлено", "дата", "дата отправки", "надіслано", "odesláno", "odoslané", "gönderildi"),
        *("gönderilen", "tarih", "küldve", "elküldve", "dátum", "trimis", "data trimiterii", "στάλθηκε", "ημερομηνία", "送信日時"),
        *("日付", "日時", "发送时间", "发送日期", "日期", "时间", "寄件日期", "보낸 날짜", "날짜", "נשלח", "תאריך", "التاريخ"),
    ),
    "to": (
        *("to", "an", "à", "a", "para", "aan", "do", "till", "til", "vastaanottaja", "кому", "komu", "pro", "kime", "alıcı", "címzett"),
        *("către", "προς", "destinataire", "destinatario", "empfänger", "宛先", "收件人", "收件者", "받는 사람", "받는사람", "אל", "إلى"),
        *("pour", "per"),
    ),
    "subject": (
        *("subject", "betreff", "objet", "sujet", "asunto", "oggetto", "onderwerp", "assunto", "temat", "ämne", "emne", "aihe", "тема"),
        *("předmět", "predmet", "konu", "tárgy", "subiect", "θέμα", "件名", "主题", "主題", "主旨", "제목", "נושא", "الموضوع"),
    ),
}

HEADER_LABELS: Final = {
    label: frozenset(kind for kind, labels in _LABELS.items() if label in labels) for labels in _LABELS.values() for label in labels
}
"""What a header of an earlier message may be, by its label."""

_APPS: Final = (
    r"iphone|ipad|ipod|android|samsung|galaxy|huawei|xiaomi|nokia|blackberry|windows (?:mail|phone)|outlook|yahoo|gmx|web\.de|aol"
    r"|proton ?mail|mail\.ru|mail for windows|mobile|handy|smartphone|mobil|móvil|telefon|téléphone|телефон"
)
FOOTERS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^sent (?:from|with|via|by) (?:my |the )?(?:{_APPS}|phone|mail\b)",
        r"^get outlook for (?:ios|android|mac)",
        rf"^(?:diese nachricht wurde )?von meine[mr] .{{0,40}}(?:{_APPS}).{{0,40}}gesendet",
        rf"^(?:von|mit) (?:{_APPS}).{{0,40}} gesendet",
        rf"^gesendet (?:mit|von|über) .{{0,30}}(?:{_APPS})",
        r"^(?:hol dir |laden sie |holen sie sich )?outlook für (?:ios|android)",
        rf"^envoy[ée] (?:de|depuis|à partir de|avec) .{{0,30}}(?:{_APPS})",
        r"^(?:obtenir|télécharger|téléchargez) outlook pour",
        rf"^enviado (?:desde|con|do|a partir do|de) .{{0,30}}(?:{_APPS})",
        r"^(?:obtener|obter|baixar|descargar) (?:o )?outlook (?:para|for)",
        rf"^inviato (?:da|dal|con) .{{0,30}}(?:{_APPS})",
        r"^(?:scarica|ottieni) outlook per",
        rf"^(?:verstuurd|verzonden) (?:vanaf|vanuit|met|via) .{{0,30}}(?:{_APPS})",
        r"^(?:download|haal) outlook voor",
        rf"^wysłan[eoy] z .{{0,30}}(?:{_APPS})",
        rf"^(?:skickat|skickades|sendt) (?:från|fra) .{{0,30}}(?:{_APPS})",
        r"^(?:hämta|hent|få) outlook (?:för|til|for)",
        r"^lähetetty .{0,30}(?:iphone|ipad|android|puhelime|samsung|outlook)",
        rf"^отправлено (?:с|из) .{{0,30}}(?:{_APPS})",
        rf"^(?:odesláno|odoslané) z .{{0,30}}(?:{_APPS})",
        rf"(?:{_APPS})\S{{0,3}} ?(?:から送信|からの送信|から送信されました)",
        rf"^(?:发自我的|發自我的|从我的|從我的|发自).{{0,30}}(?:{_APPS}|手机|手機)",
        r"(?:iphone|ipad|android|galaxy).{0,10}에서 보냄",
        rf"(?:{_APPS}).{{0,10}}(?:dan|den|'dan|'den|’dan|’den) gönderildi",
    )
)
"""What telephones write under a message."""

CLOSINGS: Final = frozenset(
    (
        *(
            "best regards",
            "kind regards",
            "kindest regards",
            "warm regards",
            "regards",
            "best wishes",
            "yours sincerely",
            "yours faithfully",
        ),
        *("sincerely", "sincerely yours", "yours truly", "with kind regards", "with best regards", "many regards", "best", "cheers"),
        *("mit freundlichen grüßen", "mit freundlichem gruß", "mit freundlichen gruessen", "mit freundlichen grüssen", "freundliche grüße"),
        *("freundliche grüsse", "viele grüße", "beste grüße", "liebe grüße", "herzliche grüße", "schöne grüße", "mfg", "lg", "vg", "gruß"),
        *("hochachtungsvoll", "cordialement", "bien cordialement", "bien à vous", "sincères salutations", "salutations distinguées"),
        *("meilleures salutations", "saludos", "saludos cordiales", "un saludo", "un cordial saludo", "atentamente", "cordialmente"),
        *("cordiali saluti", "distinti saluti", "un cordiale saluto", "saluti", "met vriendelijke groet", "met vriendelijke groeten"),
        *("vriendelijke groet", "groeten", "mvg", "atenciosamente", "com os melhores cumprimentos", "melhores cumprimentos"),
        *("cumprimentos", "z poważaniem", "pozdrawiam", "z wyrazami szacunku", "med vänlig hälsning", "med vänliga hälsningar"),
        *("vänliga hälsningar", "vänligen", "mvh", "med venlig hilsen", "venlig hilsen", "med vennlig hilsen", "vennlig hilsen", "hilsen"),
        *("ystävällisin terveisin", "terveisin", "с уважением", "з повагою", "s pozdravem", "saygılarımla", "saygılarımızla"),
        *(
            "üdvözlettel",
            "tisztelettel",
            "cu stimă",
            "με εκτίμηση",
            "敬具",
            "よろしくお願いします",
            "よろしくお願いいたします",
            "此致",
            "敬上",
        ),
    )
)
"""Lines that close a letter and say nothing; a line of thanks says something and is none."""
