"""The entry of the command wh-uncertainty, and how it ends, whenever it is told to.

Exit code 0: an answer was given; 1: the question could not be answered, and standard error says
why in one line; 2: the command line itself was wrong, as where an option's value is outside of its
choices or limits (in a file that is 1); 128 and the number of the signal if one ended it: 130
interrupted, 143 terminated.
"""

import atexit
import gc
import signal
import sys

from wh_uncertainty.cli.ending import ENDING, Ender

__all__ = ["main"]

# Python searches for cycles after every 2,000 new objects. What is imported has far more and stays,
# so that such searches would be a twentieth of the time that a simulation takes.
_OBJECTS_BETWEEN_SEARCHES = 50_000

_AGAIN_AFTER_S = 0.01  # time for the callback to end


def main() -> int:
    """Run the command line; what it had begun to write is taken away if a signal ends it.

    Returns
    -------
    int
        The exit code.
    """
    atexit.register(_end_at_once)
    searches, hook = gc.get_threshold(), sys.unraisablehook
    gc.set_threshold(_OBJECTS_BETWEEN_SEARCHES)
    sys.unraisablehook = _come_again
    ender, ends = Ender(), list(ENDING)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # a shell may ignore it
        ends.append(signal.SIGINT)
    try:
        # A caller within Python has handlers of its own, and signals come to its main thread only.
        before = {number: signal.signal(number, ender) for number in ends}
    except ValueError:
        before = {}
    try:
        # Importing takes longer than many an answer: an interrupt ends that in silence too.
        from wh_uncertainty.cli.application import run

        return run()
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        sys.unraisablehook = hook
        gc.set_threshold(*searches)


def _come_again(lost: "sys.UnraisableHookArgs") -> None:
    """Raise an end once more that came while Python ran a callback, which cannot pass it on.

    Importing has many of them. The end would be lost otherwise, and told as a traceback.
    """
    end = lost.exc_value
    if not isinstance(end, KeyboardInterrupt | SystemExit) or not hasattr(signal, "setitimer"):
        sys.__unraisablehook__(lost)
        return

    def again(_: int, __: object) -> None:
        raise end

    signal.signal(signal.SIGALRM, again)
    signal.setitimer(signal.ITIMER_REAL, _AGAIN_AFTER_S)


def _end_at_once() -> None:
    """Leave the rest to the system: nothing is left to be tidied up.

    At its end Python searches all objects for cycles to take apart, which would be a twelfth of the
    time that a simulation takes; and an interrupt would be told as a traceback.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    gc.freeze()


if __name__ == "__main__":
    sys.exit(main())
