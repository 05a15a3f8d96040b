import datetime as dt
import hashlib
import time
from typing import Any

import pytest

from assets.raw.reading import Limits, UnreadableFileError
from tests.raw.conftest import Take

OWN: dict[str, Any] = {"own_addresses": ["shop.example", "boss@example.org"]}
PLAIN = (
    b"From: Ann <Ann@X.org>\nTo: feedback@shop.example\nDate: Fri, 24 May 2019 17:44:46 +0200\n"
    b"Subject: Hello\nMessage-ID: <1@x>\n\nThe box was empty.\n"
)


def mail(body: bytes = b"Hi\n", /, **headers: str) -> bytes:
    given = {"from": "a@x.org", "to": "feedback@shop.example", "date": "Fri, 24 May 2019 17:44:46 +0000"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return "".join(f"{name}: {value}\n" for name, value in given.items() if value).encode() + b"\n" + body


def test_a_message_is_read_and_known_by_its_bytes(take: Take) -> None:
    taken = take("email_mime", PLAIN)

    assert taken.rows("source_record_id", "message_id", "sent_at", "sent_at_basis", "channel", "direction", "exclusion") == [
        (hashlib.sha256(PLAIN).hexdigest(), "<1@x>", dt.datetime.fromisoformat("2019-05-24T15:44:46"), "header", "email", "inbound", None),
    ]
    assert taken.rows("subject", "body", "attachment_count", "segment_count", "customer_ref") == [
        ("Hello", "The box was empty.", 0, 0, "<email:ann@x.org>"),
    ]


@pytest.mark.parametrize("line_end", [b"\r\n", b"\r"])
def test_line_ends_of_any_kind_occur(take: Take, line_end: bytes) -> None:
    assert take("email_mime", PLAIN.replace(b"\n", line_end)).rows("subject", "body") == [("Hello", "The box was empty.")]


def test_an_mbox_holds_the_same_messages_as_single_files(take: Take) -> None:
    box = b"From ann Fri May 24\n" + PLAIN + b"\nFrom bob Fri May 24\n" + mail(b">From here it went wrong.\nFrom me to you.\n") + b"\n"
    taken = take("email_mime", box)

    assert taken.rows("source_record_id")[0] == hashlib.sha256(PLAIN).hexdigest()
    assert taken.rows("body") == ["The box was empty.", "From here it went wrong.\nFrom me to you."]


@pytest.mark.parametrize(
    ("headers", "exclusion"),
    [
        ({"auto_submitted": "auto-replied"}, "auto_reply"),
        ({"auto_submitted": "no"}, None),
        ({"content_type": "multipart/report; boundary=b"}, "bounce"),
        ({"content_type": "multipart/report; report-type=feedback-report; boundary=b"}, "feedback_loop"),
        ({"content_type": "multipart/report; report-type=disposition-notification; boundary=b"}, "auto_reply"),
        ({"content_type": "message/delivery-status"}, "bounce"),
        ({"content_type": "message/feedback-report"}, "feedback_loop"),
        ({"content_type": "message/disposition-notification"}, "auto_reply"),
        ({"auto_submitted": "auto-replied", "content_type": "multipart/report; boundary=b"}, "auto_reply"),
        ({"return_path": "<>"}, "bounce"),
        ({"return_path": "< >", "subject": "Automatic reply"}, "bounce"),
        ({"return_path": "<a@x.org>"}, None),
        ({"x_autorespond": "yes", "from": "no-reply@x.org"}, "auto_reply"),
        ({"precedence": "list"}, None),
        ({"from": "postmaster@x.org"}, "bounce"),
        ({"from": "orders.noreply@x.org"}, "no_reply_sender"),
        ({"from": "do_not_reply@x.org"}, "no_reply_sender"),
        ({"from": "arno.replyson@x.org"}, None),
        ({"subject": "Automatische Antwort: Kessel"}, "auto_reply"),
        ({"subject": "=?utf-8?b?6Ieq5YuV6L+U5L+h?="}, "auto_reply"),
        ({"subject": "=?utf-8?b?0JDQstGC0L7QvtGC0LLQtdGC?="}, "auto_reply"),
        ({"subject": "R\u00e9ponse automatique : absent"}, "auto_reply"),
        ({"subject": "Unzustellbar: Kessel"}, "bounce"),
        ({"subject": "Undelivered parcel"}, None),
        ({"subject": "Delivery failed again"}, None),
        ({"x_failed_recipients": "b@x.org"}, "bounce"),
        ({"x_autoreply": "yes"}, "auto_reply"),
        ({"precedence": "auto_reply"}, "auto_reply"),
        ({"precedence": "bulk", "list_id": "<feedback.shop.example>"}, None),
        ({"from": "MAILER-DAEMON@x.org"}, "bounce"),
        ({"from": "MAILER-DAEMON"}, "bounce"),
        ({"from": "Shop <no-reply@x.org>"}, "no_reply_sender"),
        ({"subject": "=?utf-8?q?Abwesenheitsnotiz=3A_Urlaub?="}, "auto_reply"),
        ({"subject": "Re: my office is out of paper"}, None),
        ({"subject": "Undelivered Mail Returned to Sender"}, "bounce"),
        ({"from": "Eve <eve@mail.shop.example>"}, "own_staff"),
        ({"from": "boss@example.org"}, "own_staff"),
        ({"from": "clerk@example.org"}, None),
        ({"from": "eve@notshop.example"}, None),
        ({"from": "eve@shop.example", "auto_submitted": "auto-generated"}, "auto_reply"),
    ],
)
def test_what_is_no_feedback_says_why(take: Take, headers: dict[str, str], exclusion: str | None) -> None:
    assert take("email_mime", mail(**headers), **OWN).rows("exclusion") == [exclusion]


def test_the_customer_of_our_own_mail_is_its_receiver(take: Take) -> None:
    taken = take("email_mime", mail(**{"from": "eve@shop.example", "to": "Ann <ann@x.org>, b@x.org"}), **OWN)

    assert taken.rows("direction", "customer_ref") == [("outbound", "<email:ann@x.org>")]


@pytest.mark.parametrize(
    ("written", "customer"),
    [
        ("Ann <Ann@X.org>", "<email:ann@x.org>"),
        ("ann@x.org (Ann, <of> b@y.org)", "<email:ann@x.org>"),
        ('"Doe, Ann <fake@y.org>" <ann@x.org>', "<email:ann@x.org>"),
        ("Doe, Ann <ann@x.org>", "<email:ann@x.org>"),
        ("friends: ann@x.org, b@y.org;", "<email:ann@x.org>"),
    ],
)
def test_an_address_is_found_however_the_header_is_written(take: Take, written: str, customer: str) -> None:
    assert take("email_mime", mail(**{"from": written})).rows("customer_ref") == [customer]


@pytest.mark.parametrize(
    ("written", "subject"),
    [("=?utf-8?q?gr=C3=BCn?= is =?latin-1?b?Z3L8bg==?=", "grün is grün"), ("=?utf-8?b?a?=", "=?utf-8?b?a?="), ("=?x?q?a=FC?=", "aü")],
)
def test_encoded_words_are_decoded_and_broken_ones_stay_as_written(take: Take, written: str, subject: str) -> None:
    assert take("email_mime", mail(subject=written)).rows("subject") == [subject]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["From", "Subject", "Content-Type", "Date", "References", "Received", "Content-Disposition"])
@pytest.mark.parametrize("piece", ["(", '"', "=?utf-8?q?a?= ", ";x*0=", "a b ", "<a", "\\"])
def test_a_header_of_nonsense_costs_no_more_than_its_length(take: Take, name: str, piece: str) -> None:
    start = time.perf_counter()
    take("email_mime", f"Sender: a@x.org\n{name}: {piece * 100_000}\n\nHi\n".encode())

    assert time.perf_counter() - start < 2


def test_a_sender_that_is_no_address_is_refused_unless_the_mail_is_no_feedback_anyway(take: Take) -> None:
    assert take("email_mime", mail(**{"from": "somebody"})).refusals == [(1, "email", "not_an_email")]
    assert take("email_mime", mail(**{"from": "MAILER-DAEMON"})).rows("customer_ref") == [None]
    assert take("email_mime", mail(**{"from": ""})).rows("customer_ref") == [None]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"date": "soon", "received": "from x by y; Sat, 25 May 2019 08:00:00 +0200"}, ("2019-05-25T06:00", "received")),
        ({"date": "Thu, 01 Jan 1970 00:00:00 +0000"}, ("2024-05-02T00:00", "arrival_day")),
        ({"date": ""}, ("2024-05-02T00:00", "arrival_day")),
    ],
)
def test_a_mail_without_a_date_has_our_servers_or_its_arrival_day(take: Take, headers: dict[str, str], expected: tuple[str, str]) -> None:
    assert take("email_mime", mail(**headers)).rows("sent_at", "sent_at_basis") == [(dt.datetime.fromisoformat(expected[0]), expected[1])]


def test_the_message_answered_is_the_one_named_or_the_last_referred_to(take: Take) -> None:
    assert take("email_mime", mail(in_reply_to="your mail <2@x>")).rows("in_reply_to") == ["<2@x>"]
    assert take("email_mime", mail(references="<1@x>\n <2@x>")).rows("in_reply_to") == ["<2@x>"]


@pytest.mark.parametrize(
    ("charset", "content", "body", "defects"),
    [
        ("iso-8859-1", "grün".encode("latin-1"), "grün", 0),
        ("x-unknown", "grün".encode(), "grün", 1),
        ("us-ascii", b"gr\xfcn", "grün", 1),
        ("utf-8", b"a\0b", "ab", 0),
    ],
)
def test_text_is_decoded_as_declared_else_utf8_else_cp1252(take: Take, charset: str, content: bytes, body: str, defects: int) -> None:
    taken = take("email_mime", mail(content, content_type=f"text/plain; charset={charset}", content_transfer_encoding="8bit"))

    assert taken.rows("body", "defect_count") == [(body, defects)]


def test_parts_are_text_or_attachments_and_plain_text_comes_before_html(take: Take) -> None:
    parts = [
        b"Content-Type: text/html\n\n<p>HTML</p>",
        b"Content-Type: text/plain\n\nfirst",
        b"Content-Type: image/png\nContent-Disposition: inline\n\nx",
        b"Content-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\nsecret",
        b"Content-Type: message/rfc822\n\nSubject: other\n\nforwarded",
        b"Content-Type: text/plain\n\nsecond",
    ]
    content = b"".join(b"--b\n" + part + b"\n" for part in parts) + b"--b--\n"
    taken = take("email_mime", mail(content, content_type="multipart/mixed; boundary=b"))

    assert taken.rows("body", "attachment_count", "defect_count") == [("first\nsecond", 3, 0)]


def test_a_mail_of_html_alone_has_its_visible_text(take: Take) -> None:
    html = (
        b"<html><head><title>t</title><style>p{}</style></head><body>"
        b"<p>Hello <b>wor</b>ld<br>again&amp;</p><script>x()</script><div>bye</div>"
    )

    assert take("email_mime", mail(html, content_type="text/html")).rows("body") == ["Hello world\nagain&\nbye"]


def test_the_reply_stands_beside_the_whole_text(take: Take) -> None:
    taken = take("email_mime", mail(b"It leaks.\n\nOn Mon, 3 May 2021 at 10:00, S <s@shop.example> wrote:\n> How is it?\n"))

    assert taken.rows("body", "reply_text", "reply_method") == [
        ("It leaks.\n\nOn Mon, 3 May 2021 at 10:00, S <s@shop.example> wrote:\n> How is it?", "It leaks.", "attribution"),
    ]


@pytest.mark.parametrize(("body", "number"), [(b"9/10\n\n-- \nAnn\n", (9.0, 10.0)), (b"9 of 10\n", (None, None)), (b"", (None, None))])
def test_a_reply_that_is_nothing_but_a_number_is_one(take: Take, body: bytes, number: tuple[float | None, float | None]) -> None:
    assert take("email_mime", mail(body)).rows("bare_number", "bare_number_of") == [number]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (b"<p>It leaks.</p><div class=gmail_quote>On Monday S wrote:<blockquote>Hi</blockquote></div>", ("It leaks.", "markup")),
        (b"<p>It leaks.</p><p><b>From:</b> S<br><b>Sent:</b> Monday<br><b>Subject:</b> Kettle</p>Hi", ("It leaks.", "header_block")),
        (b"<div class=gmail_quote>---------- Forwarded message ---------<br>From: S<br>Hi</div>", (None, "markup")),
        (b"<p>---------- Forwarded message ---------<br>From: S<br>Hi</p>", (None, "divider")),
        (b"<div class=gmail_signature>Ann</div>", (None, "markup")),
        (b"<p> </p>", (None, None)),
        (b"<blockquote>All that I write is indented.</blockquote>", ("All that I write is indented.", "whole")),
    ],
)
def test_in_html_the_marks_of_mail_programs_count_and_then_the_words(take: Take, html: bytes, expected: tuple[str | None, str]) -> None:
    assert take("email_mime", mail(html, content_type="text/html")).rows("reply_text", "reply_method") == [expected]


def test_a_mail_without_text_is_kept(take: Take) -> None:
    assert take("email_mime", mail(b"x", content_type="application/pdf")).rows("body", "attachment_count") == [(None, 1)]


def nested(depth: int) -> bytes:
    inner = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level) for level in range(depth))
    return b"From: a@x.org\n" + inner


@pytest.mark.parametrize(
    "content",
    [
        nested(60),
        nested(2_000),
        b"From: a@x.org\n" + b"Content-Type: message/rfc822\n\n" * 2_000,
        mail(b"--b\n\nx\n" * 1_000, content_type="multipart/mixed; boundary=b"),
        b"From: a@x.org\n" + b"X-Spam: y\n" * 2_000 + b"\nHi\n",
    ],
)
def test_a_mail_built_to_exhaust_its_reader_is_refused(take: Take, content: bytes) -> None:
    assert take("email_mime", content).refusals == [(1, None, "too_complex")]


def test_a_mail_longer_than_allowed_is_refused_and_the_next_is_read(take: Take) -> None:
    box = b"From a\n" + mail(b"x" * 5_000) + b"\n\nFrom b\n" + mail(b"y\n" * 2_000) + b"\nFrom c\n" + PLAIN
    taken = take("email_mime", box, Limits(record_bytes=1_000, original_chars=10))

    assert taken.refusals == [(1, None, "too_long"), (2, None, "too_long")]
    assert taken.rows("subject") == ["Hello"]
    assert taken.records[0] == (1, "from: a@x.")
    assert take("email_mime", mail(b"x" * 5_000), Limits(record_bytes=1_000)).reasons() == ["too_long"]


def test_bytes_that_are_no_mail_are_refused(take: Take) -> None:
    assert take("email_mime", b"PK\x03\x04 this is a zip").refusals == [(1, None, "not_a_mail")]


def test_an_empty_file_is_unreadable(take: Take) -> None:
    with pytest.raises(UnreadableFileError, match="empty"):
        take("email_mime", b"\n")
