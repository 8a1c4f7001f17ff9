"""The exception tree: what was wrong, where, and what to do about it."""

from __future__ import annotations


class HwsimError(Exception):
    """Anything hwsim tells its user in one line instead of a traceback.

    Args:
        what: what was wrong, as a sentence without a final period.
        where: the file, line, field or deck it was found in.
        hint: what the user can do about it.

    The command line prints ``str(error)`` and exits with `exit_code`.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str | None = None, hint: str | None = None) -> None:
        self.what = what
        self.where = where
        self.hint = hint
        super().__init__(what, where, hint)

    def __reduce__(self) -> tuple[object, ...]:
        """What pickle keeps, so that an error of another process is the same error here.

        Python would call the constructor with `args`, which takes them by keyword.
        """
        return _again, (type(self), self.args), self.__dict__

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f" ({self.hint})" if self.hint else ""
        return f"{place}{self.what}{advice}"


def _again(kind: type[HwsimError], args: tuple[object, ...]) -> HwsimError:
    """An error without its constructor; what it holds follows."""
    return kind.__new__(kind, *args)


class InputError(HwsimError):
    """The user's input cannot be used: a file, a number, a name, a missing program."""

    exit_code = 2


class SpecificationError(HwsimError):
    """The input is legal and the circuit does not meet its specification."""

    exit_code = 1


class SimulatorError(HwsimError):
    """The circuit simulator failed on a deck that hwsim believed in."""

    exit_code = 3
