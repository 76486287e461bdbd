"""Times as Go writes them."""

import datetime


def written_time(seconds: float) -> str:
    """Seconds since the epoch in RFC 3339, its fraction without trailing zeroes as Go prints it."""
    moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    fraction = f"{moment.microsecond:06d}".rstrip("0")
    return f"{moment:%Y-%m-%dT%H:%M:%S}" + (f".{fraction}Z" if fraction else "Z")
