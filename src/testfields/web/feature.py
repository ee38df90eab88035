"""HTTP manners: answers kept, so that a request sent twice is carried out once."""

from testfields.web.features import Feature
from testfields.web.idempotency import forget_answers
from testfields.web.tables import IdempotentAnswer

FEATURE = Feature(hourly=(forget_answers,), tables=(IdempotentAnswer,))
