"""Parts of text messages, with their customers."""

from assets.core.customer import with_customer
from assets.derivation import RECORD, Lookup, by_record, derive
from assets.frames import Lazy
from schemas.core.identities import Identities
from schemas.core.message_parts import MessageParts
from schemas.projection import columns
from schemas.raw.message_parts import RawMessageParts


@derive(
    MessageParts,
    unit=RECORD,
    parts=by_record(RawMessageParts),
    identities=Lookup(Identities, key="customer_ref", carrier="parts", carrier_key="customer_ref"),
)
def message_parts(parts: Lazy, identities: Lazy) -> Lazy:
    """Give every part its customer. Which parts are one message is for `messages` to say, which learns of every part that comes or goes."""
    return parts.pipe(with_customer, identities).select(*(column.name for column in columns(MessageParts)))
