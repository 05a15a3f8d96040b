"""From a block of settings to its connector, with session, patience and secrets; and the run that lands it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from pipelines.connectors.folder import WatchedFolder
from pipelines.connectors.imap import ImapMail
from pipelines.connectors.landing import Landed, Shelf, land
from pipelines.connectors.protocol import Clock, Connector
from pipelines.connectors.qualtrics import QualtricsResponses
from pipelines.connectors.retrying import Patience
from pipelines.connectors.secret import Secret, printed_secret, secret
from pipelines.connectors.session import Session, basic, bearer
from pipelines.connectors.settings import (
    FolderConnector,
    ImapConnector,
    QualtricsConnector,
    TwilioConnector,
    TypeformConnector,
    ZendeskConnector,
)
from pipelines.connectors.twilio import TwilioMessages
from pipelines.connectors.typeform import TypeformResponses
from pipelines.connectors.zendesk import ZendeskExport
from pipelines.settings import Settings

_UNHURRIED = 60_000.0
"""Requests a minute where a source sets no limit."""


def land_connector(settings: Settings, name: str, clock: Clock | None = None, progress: Callable[[Landed], None] | None = None) -> Landed:
    """Land everything new of one connector; ``progress`` is told what has been landed so far.

    Raises PipelineError when the settings or the environment are at fault, ConnectorError when the source is.
    """
    declared, used = settings.connectors[name], clock or Clock()
    shelf = Shelf(settings.inbox_url, declared.feed, name, settings.time_zone, declared.largest_bytes, used)
    landed = Landed()
    with _connector(settings, name, used) as connector:
        for so_far in land(connector, shelf):
            landed = so_far
            if progress:
                progress(landed)
    return landed


@contextmanager
def _connector(settings: Settings, name: str, clock: Clock) -> Iterator[Connector]:
    """The connector of a block, with its secrets read."""
    declared = settings.connectors[name]
    requests = getattr(declared, "requests_per_minute", _UNHURRIED)
    patience = Patience(name, clock, requests_per_minute=requests, minutes=declared.minutes)
    if isinstance(declared, ImapConnector):
        yield ImapMail(name, declared, _of_mailbox(name, declared), patience)
    elif isinstance(declared, FolderConnector):
        secrets = {option: secret(name, variable) for option, variable in declared.secret_options.items()}
        yield WatchedFolder(name, declared, secrets, patience, clock)
    else:
        held = secret(name, declared.secret_variable)
        with Session(name, declared.address, _proof(declared, held), patience, declared.largest_bytes) as session:
            if isinstance(declared, ZendeskConnector):
                yield ZendeskExport(name, declared, session, clock)
            elif isinstance(declared, TwilioConnector):
                yield TwilioMessages(name, declared, session, clock)
            elif isinstance(declared, TypeformConnector):
                yield TypeformResponses(name, declared, session, clock)
            else:
                time_zone = settings.feeds[declared.feed].time_zone
                yield QualtricsResponses(name, declared, time_zone, session, patience, clock)


def _of_mailbox(name: str, declared: ImapConnector) -> Callable[[], Secret]:
    """What gives the mailbox's secret for each connection: a program is asked again, as OAuth secrets expire."""
    if declared.secret_variable is None:
        return partial(printed_secret, name, declared.secret_command)
    held = secret(name, declared.secret_variable)
    return lambda: held


def _proof(declared: ZendeskConnector | TwilioConnector | TypeformConnector | QualtricsConnector, held: Secret) -> dict[str, Secret]:
    """The header that proves who asks."""
    match declared:
        case QualtricsConnector():
            return {"X-API-TOKEN": held}
        case TwilioConnector():
            return {"Authorization": basic(declared.user or declared.account, held)}
        case ZendeskConnector() if declared.user:
            return {"Authorization": basic(f"{declared.user}/token", held)}
    return {"Authorization": bearer(held)}
