"""How long an update may take, from the outermost limit inwards: each leaves room for what follows the one inside.

::

    answer 30 s > handling 28 s > handlers 26 s > work outside 22 s > looking for feeds 20 s

So what is slow ends with a sentence to the reader, and never because the limit around it ran out first.
"""

from typing import Final

ANSWER_SECONDS: Final = 30.0
"""Whatever a reader sends is answered within so long of being taken up. An update's lease is as long."""
HANDLING_SECONDS: Final = ANSWER_SECONDS - 2
"""One handling of one update, its apology included: ended from outside then, so that its lease outlasts it."""
HANDLERS_SECONDS: Final = HANDLING_SECONDS - 2
"""All that handlers do for one update; then the reader gets an apology."""
OUTSIDE_SECONDS: Final = HANDLERS_SECONDS - 4
"""Work outside of a handler's transaction; the handler runs once before it and once after it."""
DISCOVERY_SECONDS: Final = OUTSIDE_SECONDS - 2
"""Looking for the feeds behind one address."""
