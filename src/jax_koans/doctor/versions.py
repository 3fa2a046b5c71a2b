"""The versions that the koans are tested with, in one place; a test holds it to the constraints."""

# From the oldest to the newest, both included: 3.13 includes 3.13.5.
TESTED: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "python": ((3, 11), (3, 13)),
    "jax": ((0, 10, 2), (0, 12)),
    "jaxlib": ((0, 10, 2), (0, 12)),
}


def beside_tested(name: str, version: str) -> int:
    """-1 for a version older than all tested ones, 1 for a newer one, else 0."""
    oldest, newest = TESTED[name]
    numbers = release(version)
    if numbers[: len(oldest)] < oldest:
        return -1
    return 1 if numbers[: len(newest)] > newest else 0


def release(version: str) -> tuple[int, ...]:
    """The numbers that a version begins with: 0.12.0.dev3 is 0, 12, 0."""
    numbers = []
    for part in version.split("."):
        if not part.isdigit():
            break
        numbers.append(int(part))
    return tuple(numbers)


def tested(name: str) -> str:
    """The range, for people."""
    oldest, newest = (".".join(map(str, each)) for each in TESTED[name])
    return f"{oldest} to {newest}"
