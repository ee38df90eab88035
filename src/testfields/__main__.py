"""``testfields`` and ``python -m testfields``."""

import os
import signal

# The shell's own status for a command ended by SIGINT: 128 and the signal's number.
INTERRUPTED = 130


def main() -> None:
    """Load the commands and run the one that was typed; interrupted while they load, end without a word."""
    # Nothing has been begun that would have to be put back. Who started this may have the signal ignored.
    listening = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if listening:
        signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
    from testfields import cli  # noqa: PLC0415 (it takes seconds)

    if listening:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    cli.main()


if __name__ == "__main__":
    main()
