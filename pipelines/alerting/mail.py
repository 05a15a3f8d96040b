"""Handing mail to a server over SMTP: secured, with patience, silent about secrets and about what the server says."""

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from typing import Final

from pipelines.alerting.settings import MailSettings
from pipelines.connectors.retrying import Failure, PassingError, Patience, patiently
from pipelines.connectors.secret import Secret
from pipelines.errors import PipelineError

TIMEOUT_SECONDS: Final = 20.0
_FOR_GOOD: Final = 500
"""Answers of SMTP from here on are no different another time."""


class Mailer:
    """A mail server that takes our mail."""

    def __init__(self, declared: MailSettings, password: Secret | None, patience: Patience, timeout: float = TIMEOUT_SECONDS) -> None:
        self._declared = declared
        self._password = password
        self._patience = patience
        self._timeout = timeout

    def send(self, message: EmailMessage) -> int:
        """Hand over a message to everyone in the settings; gives how many of them the server refused, while it took others.

        Raises ConnectorError where patience ends, PipelineError where the server refuses for good.
        """
        return patiently(self._patience, lambda: self._attempt(message))

    def _attempt(self, message: EmailMessage) -> int:
        host = self._declared.host
        try:
            server = self._connected()
            try:
                return len(server.send_message(message, self._declared.sender, list(self._declared.to)))
            finally:
                # What was taken stays taken, however the server says goodbye.
                with suppress(OSError):
                    server.quit()
        except ssl.SSLCertVerificationError:
            raise PipelineError(
                f"mail.host: the certificate of {host} is not trusted; check `host`, or have it sign with a known one."
            ) from None
        except smtplib.SMTPNotSupportedError:
            raise PipelineError(f"mail.security: {host} does not offer what is asked for; check `security`, `port` and `user`.") from None
        except smtplib.SMTPAuthenticationError as fault:
            raise _judged(f"{host} does not accept `user` with its password", fault.smtp_code) from None
        except smtplib.SMTPRecipientsRefused as fault:
            code = min(code for code, _ in fault.recipients.values())
            raise _judged(f"{host} refuses every address in `to`", code) from None
        except smtplib.SMTPResponseException as fault:
            raise _judged(f"{host} refuses the mail", fault.smtp_code) from None
        except TimeoutError:
            raise PassingError(Failure(f"{host} does not answer in time")) from None
        except OSError:
            raise PassingError(Failure(f"{host} cannot be reached, or breaks off")) from None

    def _connected(self) -> smtplib.SMTP:
        declared = self._declared
        if declared.security == "tls":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(declared.host, declared.port_used, timeout=self._timeout, context=context)
        else:
            server = smtplib.SMTP(declared.host, declared.port_used, timeout=self._timeout)
        try:
            if declared.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if declared.user is not None and self._password is not None:
                server.login(declared.user, self._password.reveal())
        except BaseException:
            server.close()
            raise
        return server


def _judged(why: str, code: int) -> Exception:
    """A refusal for good, or one that another attempt may not get."""
    if code >= _FOR_GOOD:
        return PipelineError(f"mail.host: {why} ({code}); check the settings.")
    return PassingError(Failure(f"{why} ({code})"))
