from pipelines.connectors.imap_login import proofs
from pipelines.connectors.secret import Secret


def test_xoauth2_sends_name_and_access_token_and_answers_a_refusal_with_nothing() -> None:
    assert list(proofs("xoauth2", "ann@example.com", "imap.example.com", 993, Secret("t0k3n"))) == [
        b"user=ann@example.com\x01auth=Bearer t0k3n\x01\x01",
        b"",
    ]


def test_oauthbearer_sends_host_and_port_too_and_escapes_the_name() -> None:
    assert list(proofs("oauthbearer", "a,b=c", "imap.example.com", 143, Secret("t0k3n"))) == [
        b"n,a=a=2Cb=3Dc,\x01host=imap.example.com\x01port=143\x01auth=Bearer t0k3n\x01\x01",
        b"\x01",
    ]
