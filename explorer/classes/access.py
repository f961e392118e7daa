"""What whoever runs the server asks of teachers, and whether visitors outside a class may start computations."""

import os
from collections.abc import Sequence

PASSWORD_VARIABLE = "RESIDUAL_EXPLORER_TEACHER_PASSWORD"  # noqa: S105 (the variable's name)
TEACHERS_VARIABLE = "RESIDUAL_EXPLORER_TEACHERS"
CLASS_ONLY_VARIABLE = "RESIDUAL_EXPLORER_CLASS_ONLY"
EVERYONE = "*"
"""Among the teachers: whoever has signed in."""


def teacher_password() -> str:
    """The password that opens a class; empty where none is asked for."""
    return os.environ.get(PASSWORD_VARIABLE, "")


def teachers() -> Sequence[str]:
    """The e-mail addresses, in small letters, of those who may open a class once they have signed in.

    Empty where nobody needs to sign in.
    """
    listed = os.environ.get(TEACHERS_VARIABLE, "").lower().split(",")
    return [each.strip() for each in listed if each.strip()]


def is_teacher(email: str) -> bool:
    """Whether somebody who has signed in with this address may open a class."""
    return EVERYONE in teachers() or (bool(email) and email.lower() in teachers())


def class_only() -> bool:
    """Whether trainings and computations are closed to visitors who are in no class."""
    return os.environ.get(CLASS_ONLY_VARIABLE, "").strip().lower() not in ("", "0", "no", "false")
