"""The cell of a table as the text that a person would have written in its place."""


def text_of(value: object) -> str:
    """The value as text: a whole number without its point, and nothing for what is missing.

    >>> text_of(3.0), text_of(2.5), text_of("Ann"), text_of(None), text_of(True)
    ('3', '2.5', 'Ann', '', 'true')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
