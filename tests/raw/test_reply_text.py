import sys
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.raw.html_text import html_text
from assets.raw.reply_text import READ_CHARS, reply_text
from schemas.vocabulary import REPLY_METHODS


class Mail(NamedTuple):
    """A mail, and what its writer wrote in it."""

    name: str
    body: str
    reply: str | None
    method: str


MAILS = [
    # --- who wrote what follows, in the words of mail programs
    Mail(
        "english, gmail, wrapped",
        "The kettle leaks.\n\nOn Mon, 3 May 2021 at 10:00, Kettle Care\n<care@kettle.example> wrote:\n\n> How is it?\n> Yours\n",
        "The kettle leaks.",
        "attribution",
    ),
    Mail(
        "english, apple",
        "Too loud.\n\n> On 3 May 2021, at 10:00, Care <care@kettle.example> wrote:\n> \n> How is it?\n",
        "Too loud.",
        "quoted_lines",
    ),
    Mail("english, us", "Fine.\nOn 5/3/2021 10:00 AM, Care wrote:\n> How is it?", "Fine.", "attribution"),
    Mail(
        "english, unmarked quote", "Fine.\n\nOn Mon, May 3, 2021 at 10:00 AM Care <c@x.example> wrote:\nHow is it?", "Fine.", "attribution"
    ),
    Mail("english, name first", "Fine.\n\nCare <c@x.example> wrote on 3 May 2021:\n> How is it?\n", "Fine.", "attribution"),
    Mail(
        "english, answered below",
        "On Mon, 3 May 2021 at 10:00, Care <c@x.example> wrote:\n> How is it?\n\nIt never worked.\n",
        "It never worked.",
        "attribution",
    ),
    Mail("english, answered between", "> Was it on time?\nYes.\n> Was it whole?\nNo.\n", "Yes.\nNo.", "quoted_lines"),
    Mail(
        "german, thunderbird",
        "Der Deckel klemmt.\n\nAm 03.05.21 um 10:00 schrieb Kesselhaus:\n> Wie ist er?\n",
        "Der Deckel klemmt.",
        "attribution",
    ),
    Mail(
        "german, gmail",
        "Zu spät.\n\nKesselhaus <k@x.example> schrieb am Mo., 3. Mai 2021,\n10:00:\n\n> Kam er an?\n",
        "Zu spät.",
        "attribution",
    ),
    Mail(
        "french", "Trop cher.\n\nLe lun. 3 mai 2021 à 10:00, Bouilloire <b@x.example> a écrit :\n> Bonjour\n", "Trop cher.", "attribution"
    ),
    Mail(
        "french, unmarked",
        "Trop cher.\nLe lundi 3 mai 2021 à 10:00:00 UTC+2, Bouilloire <b@x.example> a écrit\u00a0:\nBonjour\n",
        "Trop cher.",
        "attribution",
    ),
    Mail(
        "spanish",
        "No funciona.\n\nEl lun, 3 may 2021 a las 10:00, Tetera (<t@x.example>) escribió:\n\n> Hola\n",
        "No funciona.",
        "attribution",
    ),
    Mail(
        "italian",
        "Non va bene.\n\nIl giorno lun 3 mag 2021 alle ore 10:00 Bollitore <b@x.example> ha scritto:\n> Ciao\n",
        "Non va bene.",
        "attribution",
    ),
    Mail("dutch", "Hij lekt.\n\nOp ma 3 mei 2021 om 10:00 schreef Ketel <k@x.example>:\n> Hallo\n", "Hij lekt.", "attribution"),
    Mail(
        "dutch, apple",
        "Hij lekt.\n\nOp 3 mei 2021 om 10:00 heeft Ketel <k@x.example> het volgende geschreven:\n\n> Hallo\n",
        "Hij lekt.",
        "attribution",
    ),
    Mail(
        "portuguese",
        "Chegou partido.\n\nEm seg., 3 de mai. de 2021 às 10:00, Chaleira <c@x.example> escreveu:\n\n> Olá\n",
        "Chegou partido.",
        "attribution",
    ),
    Mail("polish", "Cieknie.\n\nW dniu 3.05.2021 o 10:00, Czajnik pisze:\n> Witam\n", "Cieknie.", "attribution"),
    Mail("polish, gmail", "Cieknie.\n\npon., 3 maj 2021 o 10:00 Czajnik <c@x.example> napisał(a):\n\n> Witam\n", "Cieknie.", "attribution"),
    Mail("danish", "Den larmer.\n\nDen man. 3. maj 2021 kl. 10.00 skrev Kedel <k@x.example>:\n\n> Hej\n", "Den larmer.", "attribution"),
    Mail("norwegian", "Den bråker.\n\nman. 3. mai 2021 kl. 10:00 skrev Kjele <k@x.example>:\n\n> Hei\n", "Den bråker.", "attribution"),
    Mail("swedish", "Den läcker.\n\nDen mån 3 maj 2021 kl 10:00 skrev Kittel <k@x.example>:\nHej\n", "Den läcker.", "attribution"),
    Mail("finnish", "Se vuotaa.\n\nma 3. toukok. 2021 klo 10.00 Kattila (k@x.example) kirjoitti:\n\n> Hei\n", "Se vuotaa.", "attribution"),
    Mail("russian", "Он течёт.\n\n3 мая 2021 г., в 10:00, Чайник <c@x.example> написал(а):\n\nЗдравствуйте\n", "Он течёт.", "attribution"),
    Mail(
        "russian, no verb", "Он течёт.\n\nпн, 3 мая 2021 г. в 10:00, Чайник <c@x.example>:\n\n> Здравствуйте\n", "Он течёт.", "attribution"
    ),
    Mail("czech", "Teče.\n\npo 3. 5. 2021 v 10:00 odesílatel Konvice <k@x.example> napsal:\n\n> Dobrý den\n", "Teče.", "attribution"),
    Mail(
        "turkish",
        "Sızdırıyor.\n\nÇaydanlık <c@x.example>, 3 May 2021 Pzt, 10:00 tarihinde şunu yazdı:\n\n> Merhaba\n",
        "Sızdırıyor.",
        "attribution",
    ),
    Mail("japanese", "水が漏れます。\n\n2021年5月3日(月) 10:00 やかん <y@x.example>:\n\n> いかがですか\n", "水が漏れます。", "attribution"),
    Mail("japanese, apple", "遅いです。\n\n2021/05/03 10:00、やかん <y@x.example>のメール:\n\nいかがですか\n", "遅いです。", "attribution"),
    Mail("chinese", "漏水了。\n\n水壶 <s@x.example> 于2021年5月3日周一 10:00写道：\n\n> 您好\n", "漏水了。", "attribution"),
    Mail(
        "korean",
        "물이 샙니다.\n\n2021년 5월 3일 (월) 오전 10:00, 주전자 <j@x.example>님이 작성:\n\n> 안녕하세요\n",
        "물이 샙니다.",
        "attribution",
    ),
    # --- headers of the earlier message
    Mail(
        "english, outlook",
        "It leaks.\n\n________________________________\nFrom: Care <c@x.example>\nSent: Monday, May 3, 2021 10:00\nTo: Ann\nSubject: Kettle\n\nHi",
        "It leaks.",
        "header_block",
    ),
    Mail(
        "english, bold labels",
        "It leaks.\n\n*From:* Care\n*Sent:* Monday, May 3, 2021 10:00\n*To:* Ann\n*Subject:* Kettle\n\nHi",
        "It leaks.",
        "header_block",
    ),
    Mail(
        "german, outlook",
        "Er tropft.\n\nVon: Haus <h@x.example>\nGesendet: Montag, 3. Mai 2021 10:00\nAn: Anna\nBetreff: Kessel\n\nHallo",
        "Er tropft.",
        "header_block",
    ),
    Mail(
        "french, outlook",
        "Elle fuit.\n\nDe : B <b@x.example>\nEnvoyé : lundi 3 mai 2021 10:00\nÀ : Anne\nObjet : Bouilloire\n\nBonjour",
        "Elle fuit.",
        "header_block",
    ),
    Mail(
        "spanish, outlook",
        "Gotea.\n\nDe: T <t@x.example>\nEnviado el: lunes, 3 de mayo de 2021 10:00\nPara: Ana\nAsunto: Tetera\n\nHola",
        "Gotea.",
        "header_block",
    ),
    Mail(
        "italian, outlook",
        "Perde.\n\nDa: B <b@x.example>\nInviato: lunedì 3 maggio 2021 10:00\nA: Anna\nOggetto: Bollitore\n\nCiao",
        "Perde.",
        "header_block",
    ),
    Mail(
        "dutch, outlook",
        "Hij lekt.\n\nVan: K <k@x.example>\nVerzonden: maandag 3 mei 2021 10:00\nAan: Anna\nOnderwerp: Ketel\n\nHallo",
        "Hij lekt.",
        "header_block",
    ),
    Mail(
        "portuguese, outlook",
        "Verte.\n\nDe: C <c@x.example>\nEnviado: 3 de maio de 2021 10:00\nPara: Ana\nAssunto: Chaleira\n\nOlá",
        "Verte.",
        "header_block",
    ),
    Mail("polish, outlook", "Cieknie.\n\nOd: C\nWysłano: 3 maja 2021 10:00\nDo: Anna\nTemat: Czajnik\n\nWitam", "Cieknie.", "header_block"),
    Mail(
        "swedish, outlook", "Läcker.\n\nFrån: K\nSkickat: den 3 maj 2021 10:00\nTill: Anna\nÄmne: Kittel\n\nHej", "Läcker.", "header_block"
    ),
    Mail(
        "russian, outlook", "Течёт.\n\nОт: Ч\nОтправлено: 3 мая 2021 г. 10:00\nКому: Анна\nТема: Чайник\n\nПривет", "Течёт.", "header_block"
    ),
    Mail(
        "japanese, outlook",
        "漏れます。\n\n差出人: やかん\n送信日時: 2021年5月3日 10:00\n宛先: 安奈\n件名: やかん\n\nこんにちは",
        "漏れます。",
        "header_block",
    ),
    Mail(
        "chinese, outlook", "漏水。\n\n发件人: 水壶\n发送时间: 2021年5月3日 10:00\n收件人: 安\n主题: 水壶\n\n您好", "漏水。", "header_block"
    ),
    Mail("labels apart from their values", "Leaks.\nFrom:\nCare\nSent:\nMonday\nTo:\nAnn\nSubject:\nKettle\nHi", "Leaks.", "header_block"),
    # --- lines between messages
    Mail("english, original", "Leaks.\n\n-----Original Message-----\nFrom: Care\nHi", "Leaks.", "divider"),
    Mail("german, original", "Tropft.\n\n-----Ursprüngliche Nachricht-----\nVon: Haus\nHallo", "Tropft.", "divider"),
    Mail("french, original", "Fuit.\n\n----- Message d'origine -----\nBonjour", "Fuit.", "divider"),
    Mail("samsung, original", "Leaks.\n\n-------- Original message --------\nHi", "Leaks.", "divider"),
    Mail("chinese, original", "漏水。\n\n------------------ 原始邮件 ------------------\n您好", "漏水。", "divider"),
    Mail("forwarded with a word", "See below.\n\n---------- Forwarded message ---------\nFrom: Care\n\nHi", "See below.", "divider"),
    Mail("forwarded without a word", "---------- Forwarded message ---------\nFrom: Care\n\nHi", None, "divider"),
    Mail("apple, forwarded", "See below.\n\nBegin forwarded message:\n\n> From: Care\n> Hi", "See below.", "divider"),
    Mail("proton, original", "Leaks.\n\n\u2010\u2010\u2010\u2010 Original Message \u2010\u2010\u2010\u2010\nHi", "Leaks.", "divider"),
    Mail("greek", "Leaks.\n\nΣτις Δευ 3 Μαΐ 2021 στις 10:00, Care <c@x.example> έγραψε:\n\n> Hi", "Leaks.", "attribution"),
    Mail("romanian", "Leaks.\n\nÎn lun., 3 mai 2021 la 10:00, Care <c@x.example> a scris:\n\n> Hi", "Leaks.", "attribution"),
    Mail("hungarian", "Leaks.\n\nCare <c@x.example> ezt írta (időpont: 2021. máj. 3., H, 10:00):\n\n> Hi", "Leaks.", "attribution"),
    Mail(
        "hebrew, no verb",
        "Leaks.\n\n\u202bבתאריך יום ב׳, 3 במאי 2021 ב-10:00 מאת \u202aCare\u202c <\u202ac@x.example\u202c\u200f>:\u202c\n\n> Hi",
        "Leaks.",
        "attribution",
    ),
    Mail("ticket system", "It leaks.\n\n##- Please type your reply above this line -##\nYour request", "It leaks.", "divider"),
    # --- signatures
    Mail("signature mark", "It leaks.\n\n-- \nAnn Example\nKettle Street 1\n", "It leaks.", "signature"),
    Mail("telephone", "It leaks.\n\nSent from my iPhone\n", "It leaks.", "signature"),
    Mail("telephone, german", "Er tropft.\n\nVon meinem iPhone gesendet", "Er tropft.", "signature"),
    Mail("telephone, french", "Elle fuit.\n\nEnvoyé de mon iPhone", "Elle fuit.", "signature"),
    Mail("telephone, japanese", "漏れます。\n\niPhoneから送信", "漏れます。", "signature"),
    Mail("telephone app", "It leaks.\n\nGet Outlook for Android<https://aka.ms/x>", "It leaks.", "signature"),
    Mail("closing with a name", "It leaks.\n\nKind regards,\nAnn Example", "It leaks.", "signature"),
    Mail("closing with a company", "It leaks.\n\nBest regards,\n\nAnn | Example Ltd.\n+44 20 7183 8750", "It leaks.", "signature"),
    Mail("closing, german", "Er tropft.\n\nMit freundlichen Grüßen\n\nAnna Beispiel\nLeitung Einkauf", "Er tropft.", "signature"),
    Mail(
        "quote under a closing and a telephone",
        "9\n\nRegards\nAnn\n\nSent from my iPhone\n\n> On 3 May 2021, at 10:00, Care <c@x.example> wrote:\n> From 0 to 10?\n",
        "9",
        "quoted_lines",
    ),
    # --- what must not be cut
    Mail("nothing to cut", "It leaks.\nIt leaked before.", "It leaks.\nIt leaked before.", "whole"),
    Mail("thanks are something", "It works now.\nThank you!\nAnn", "It works now.\nThank you!\nAnn", "whole"),
    Mail("only thanks", "Thanks", "Thanks", "whole"),
    Mail(
        "a sentence about writing",
        "On Monday I called and your colleague wrote:\nWe will see.\nNobody did.",
        "On Monday I called and your colleague wrote:\nWe will see.\nNobody did.",
        "whole",
    ),
    Mail(
        "a sentence about writing, german",
        "Am 03.05.2021 schrieb Ihr Kollege:\nDas Paket kommt.\nEs kam nie.",
        "Am 03.05.2021 schrieb Ihr Kollege:\nDas Paket kommt.\nEs kam nie.",
        "whole",
    ),
    Mail(
        "a journey",
        "From: Bern\nTo: Basel\nDate: 3 May\nThe train was late.",
        "From: Bern\nTo: Basel\nDate: 3 May\nThe train was late.",
        "whole",
    ),
    Mail(
        "an order and an address",
        "Hello,\nmy order 2021-05-03 10:00 from shop@x.example:\n- lid\n- cord",
        "Hello,\nmy order 2021-05-03 10:00 from shop@x.example:\n- lid\n- cord",
        "whole",
    ),
    Mail("a sentence with an address", "Hello,\nyou wrote to ann@x.example:\nno", "Hello,\nyou wrote to ann@x.example:\nno", "whole"),
    Mail(
        "nothing but what may be a quote",
        "On 3 May 2021 at 10:00 your colleague wrote:\nWe will see.",
        "On 3 May 2021 at 10:00 your colleague wrote:\nWe will see.",
        "whole",
    ),
    Mail("a dash in a list", "Missing:\n- the lid\n- the cord", "Missing:\n- the lid\n- the cord", "whole"),
    Mail(
        "a closing in the middle",
        "You end with\nKind regards\nbut you did not read a word of what I sent you.",
        "You end with\nKind regards\nbut you did not read a word of what I sent you.",
        "whole",
    ),
    Mail("sent from a place", "Sent from Bern to Basel, it never arrived.", "Sent from Bern to Basel, it never arrived.", "whole"),
    Mail("ruled lines of one's own", "Before\n----------\nAfter", "Before\n----------\nAfter", "whole"),
]

PIECES = (
    *(">", "> \n", "a:\n", "On 2021 10:00 a@x wrote:\n", "On 2021 a@x wrote:\nx\n", "From:\n", "From: \nSubject:\n", "-- x\n", "--\n", "-"),
    *(
        "-----Original Message",
        "Sent from my iPhone\n",
        "regards\n",
        "regards\nAnn\n",
        " ",
        "\n",
        "\t:\n",
        "*",
        "*:",
        "2021 ",
        "1.1.1.",
        "@",
    ),
    *("wrote:", "von meinem ", "\r", "\u3000", "a\u0301", "On Monday\n" * 3 + "x:\n"),
)


@pytest.mark.parametrize("mail", MAILS, ids=[mail.name for mail in MAILS])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_reply_is_told_from_what_it_answers(mail: Mail, line_end: str) -> None:
    assert reply_text(mail.body.replace("\n", line_end)) == (mail.reply, mail.method)


def test_the_table_has_the_mails_of_many_languages() -> None:
    assert len({mail.name for mail in MAILS}) == len(MAILS) > 60
    assert {mail.method for mail in MAILS} | {"markup", "too_long"} == set(REPLY_METHODS)


@pytest.mark.parametrize("body", [None, "", " \n\t"])
def test_no_text_has_no_reply_and_no_method(body: str | None) -> None:
    assert reply_text(body) == (None, None)


def test_a_text_longer_than_is_read_is_cut_there_and_says_so() -> None:
    assert reply_text("a" * (READ_CHARS + 5)) == ("a" * READ_CHARS, "too_long")
    assert reply_text("It leaks.\n\n> quote\n" + "> x\n" * READ_CHARS) == ("It leaks.", "quoted_lines")


def calls_of(body: str) -> int:
    """Functions called to find a reply, the interpreter's own included; none of them is given more than a line's first characters."""
    calls = 0

    def count(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        reply_text(body)
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize("piece", PIECES)
def test_twice_the_text_is_at_most_twice_the_work(piece: str) -> None:
    once, twice = (calls_of((piece * 2_000)[:size]) for size in (1_000, 2_000))

    assert twice <= 2.1 * once + 100
    assert twice < 20 * 2_000


@pytest.mark.slow
@given(st.text(st.sampled_from(">:-_\n\r \tOnwroteFromSubject@2021.*\u3000"), max_size=200))
def test_any_text_has_a_reply_within_it_or_none(body: str) -> None:
    found = reply_text(body)

    assert (found.method is None) == (not body.strip())
    assert found.text is None or set(found.text) <= set(body.replace("\r", "\n"))


@pytest.mark.parametrize(
    ("html", "reply"),
    [
        (
            '<div>Leaks.</div><div class="gmail_quote gmail_quote_container"><div>On Monday:</div><blockquote>Hi</blockquote></div>',
            "Leaks.",
        ),
        ("<p>Leaks.</p><div class=gmail_quote>Hi<div>you</div>all</div><p>Still.</p>", "Leaks.\nStill."),
        ('Leaks.<div class="moz-cite-prefix">Am 3.5. schrieb X:</div><blockquote type="cite">Hi</blockquote>', "Leaks."),
        ('Leaks.<blockquote type="cite">Hi<blockquote>older</blockquote>you</blockquote>Still.', "Leaks.\nStill."),
        ('Leaks.<div id="ydp1yahoo_quoted_1" class="yahoo_quoted">Hi</div>', "Leaks."),
        ('<p>Leaks.</p><div id="divRplyFwdMsg"><b>From:</b> Care</div><div>Hi</div><p>there', "Leaks."),
        ("<p>Leaks.</p><span id='OLK_SRC_BODY_SECTION'><p>Hi</p><span>x</span></span>", "Leaks."),
        ('<p>Leaks.</p><div class="gmail_quote">never closed<p>Hi', "Leaks."),
        ('<p data-class="gmail_quote">Leaks.</p><p title="class=gmail_quote">Still.</p>', "Leaks.\nStill."),
        ("<blockquote-like>Leaks.</blockquote-like>", "Leaks."),
    ],
)
def test_what_mail_programs_mark_as_quoted_is_left_out_of_html(html: str, reply: str) -> None:
    assert html_text(html, with_quotes=False) == reply
