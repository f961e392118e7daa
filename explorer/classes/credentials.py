"""The code of a class, which is said aloud, and the secrets of its teacher and its seats, which are not."""

import hashlib
import secrets

from explorer.classes.errors import WrongCodeError
from explorer.language import sentence

ALPHABET = "CFHJKMPRWXY3479"
"""No two of these look or sound alike (no O and 0, I and 1, B and D), and without vowels they make no words."""
CODE_LENGTH = 6
HALF = CODE_LENGTH // 2


def new_code() -> str:
    """A random code: one of 15 to the power of 6, 11 million."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def read_code(text: str) -> str:
    """The code as typed: small letters, spaces and hyphens are allowed. Raises WrongCodeError for anything else."""
    code = "".join(char for char in text[:100].upper() if char not in " -\t\u00a0")
    if len(code) != CODE_LENGTH or any(char not in ALPHABET for char in code):
        raise WrongCodeError(
            sentence(
                "A code has {count} characters, of {alphabet}. Compare it with the one that your teacher shows.",
                count=CODE_LENGTH,
                alphabet=" ".join(ALPHABET),
            )
        )
    return code


def spaced(code: str) -> str:
    """The code in two halves, as it is shown and said."""
    return f"{code[:HALF]} {code[HALF:]}"


def new_secret() -> str:
    """A new secret of 192 bits, of characters that an address or a cookie may hold."""
    return secrets.token_urlsafe(24)


def hashed(secret: str) -> str:
    """What is stored of a random secret: its SHA-256. Whoever reads the database cannot act as its owner."""
    return hashlib.sha256(secret.encode()).hexdigest()


def seat_secret(browser: str, class_id: str) -> str:
    """A browser's secret in one class: the same at each visit, so that one browser has one seat."""
    return f"{class_id}.{browser}"


def is_same(given: str, wanted: str) -> bool:
    """Whether two secrets are equal; the time it takes says nothing about them."""
    return secrets.compare_digest(given.encode(), wanted.encode())
