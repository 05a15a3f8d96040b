"""A feed's settings: what the user declares about the files of one source. Reading them is the adapters' work."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from schemas.vocabulary import CHANNELS, CHOICE_METRICS, COMPLAINTS, COST_CATEGORIES, METRICS, NO_CHOICE, NO_PROBLEM, TOUCHPOINTS


class Declared(BaseModel):
    """A block of settings: unknown keys are an error that names them."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Question(Declared):
    """What a survey question measures and on which scale; declared, never inferred."""

    metric: Literal[METRICS] = Field(description="Kind of question.")  # type: ignore[valid-type]  # a vocabulary is a closed tuple
    scale: tuple[float, float] = Field(default=(0, 1), description="Lowest and highest value of the scale.")
    reversed: bool = Field(default=False, description="Whether a low value is the good end.")
    labels: Mapping[str, float] = Field(default_factory=dict, description="Answer texts and the values they stand for.")
    choices: Mapping[str, str] = Field(default_factory=dict, description="Option texts and our words for them, for a choice.")
    separator: str | None = Field(default=None, min_length=1, description="What stands between several options in one cell.")
    other: bool = Field(default=False, description="Whether an option that is not declared is kept, as `other`.")

    @model_validator(mode="after")
    def _choices_belong_to_a_choice(self) -> "Question":
        if self.metric in CHOICE_METRICS:
            if not self.choices:
                raise ValueError(f"choices: a question of the metric {self.metric} needs its options and our words for them")
            if any((self.scale != (0, 1), self.labels, self.reversed)):
                raise ValueError(f"choices: a question of the metric {self.metric} has no scale, no labels and no direction")
            if self.metric == "complained" and (unknown := sorted(set(self.choices.values()) - set(COMPLAINTS))):
                raise ValueError(f"choices: {unknown[0]!r} is no answer to it; the words are {', '.join(COMPLAINTS)}")
            if self.metric == "problem" and NO_PROBLEM not in self.choices.values():
                raise ValueError(f"choices: one option must be {NO_PROBLEM!r}, or nobody could say that there was none")
            if NO_CHOICE in self.choices.values():
                raise ValueError(f"choices: the word {NO_CHOICE!r} stands for a question left out; choose another word")
        elif self.choices or self.separator or self.other:
            raise ValueError(f"choices: options, their separator and `other` are for the metrics {', '.join(CHOICE_METRICS)} alone")
        return self

    @model_validator(mode="after")
    def _scale_rises(self) -> "Question":
        if self.scale[0] >= self.scale[1]:
            raise ValueError(f"scale: the lowest value {self.scale[0]:g} must lie below the highest {self.scale[1]:g}")
        if self.metric == "nps" and self.scale != (0, 10):
            raise ValueError("scale: an NPS question is asked on 0 to 10; declare another metric for any other scale")
        return self


class Account(Declared):
    """What the money of a ledger's account is spent on."""

    cost_category: Literal[COST_CATEGORIES] | None = Field(default=None, description="What its postings are.")  # type: ignore[valid-type]  # a vocabulary is a closed tuple
    channel: Literal[CHANNELS] | None = Field(default=None, description="Channel they belong to, unless their row says another.")  # type: ignore[valid-type]  # likewise
    touchpoint: Literal[TOUCHPOINTS] | None = Field(default=None, description="Touchpoint they belong to, likewise.")  # type: ignore[valid-type]  # likewise
    is_parent: bool = Field(default=False, description="Whether its rows are balances of other accounts, to be left out.")

    @model_validator(mode="after")
    def _is_one_of_both(self) -> "Account":
        if self.is_parent is (self.cost_category is not None):
            raise ValueError("an account has a `cost_category`, or it is a parent (`is_parent = true`) and has none")
        return self


class Feed(Declared):
    """One configured source of files: which adapter reads them and what the files do not say themselves."""

    adapter: str = Field(description="Export format, by the name of its adapter.")
    source: str = Field(default="", description="System the records come from; the feed's own name unless given.")
    expected: bool = Field(default=True, description="Whether a day without a file of this feed is a finding.")
    encoding: str = Field(default="utf-8", description="Encoding of files that are not UTF-8; never detected.")
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = Field(default=",", description="Cell separator of a CSV file.")
    decimal: Literal[".", ","] = Field(default=".", description="Decimal mark of numbers and amounts.")
    time_zone: str | None = Field(default=None, description="Zone of times that carry no offset; required where the format has none.")
    time_format: str = Field(default="%Y-%m-%d %H:%M:%S", description="strptime format of times in a CSV file.")
    date_format: str = Field(default="%Y-%m-%d", description="strptime format of dates in a CSV file.")
    columns: Mapping[str, str] = Field(default_factory=dict, description="Contract column to header of the file.")
    constants: Mapping[str, str] = Field(default_factory=dict, description="Contract column to the word that all rows of the feed have.")
    values: Mapping[str, Mapping[str, str]] = Field(
        default_factory=dict, description="Contract column to the source's words and the vocabulary's words for them."
    )
    accounts: Mapping[str, Account] = Field(
        default_factory=dict, description="Account, or first signs of accounts and `*`, to what its postings are."
    )
    unmapped_accounts: Literal["refused", "other"] = Field(
        default="refused", description="Whether postings of other accounts are refused, or kept as the category `other`."
    )
    charges_are_orders: bool = Field(
        default=False, description="Whether a payment provider's charges are the only record of the orders, and are counted as such."
    )
    questions: Mapping[str, Question] = Field(default_factory=dict, description="Question key or header to what it measures.")
    sheet: str | None = Field(default=None, description="Sheet of a workbook; the first one unless given.")
    ticket_source: str | None = Field(default=None, description="Source of the tickets that the feed's rows refer to.")
    phone_region: str = Field(default="US", description="Region of phone numbers written without a country code.")
    currency: str | None = Field(default=None, description="Currency of amounts that carry none.")
    own_addresses: tuple[str, ...] = Field(default=(), description="Our own mail domains, addresses or phone numbers.")

    def named(self, name: str) -> "Feed":
        """These settings under the feed's name, which is its source unless it declares one."""
        return self if self.source else self.model_copy(update={"source": name})

    @field_validator("accounts")
    @classmethod
    def _readable_accounts(cls, accounts: Mapping[str, Account]) -> Mapping[str, Account]:
        for name in accounts:
            if "*" in name[:-1] or not name.strip(" *"):
                raise ValueError(f"accounts.{name}: an account is named whole, or by its first signs with `*` behind them")
        return accounts
