"""Text that a user brought, made safe for plotly, which reads hover texts, labels and titles as HTML."""

import html

__all__ = ["hover"]


def hover(text: str, limit: int = 80) -> str:
    """Escape `text` for any place where plotly shows text; longer texts are cut."""
    return html.escape(text if len(text) <= limit else text[: limit - 1] + "…", quote=False)
