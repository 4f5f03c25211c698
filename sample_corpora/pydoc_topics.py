"""The topics that Python's `help()` explains: 65,000 words of language reference, there in an instant."""

from pathlib import Path
from pydoc_data.topics import topics

from core.files import atomic_write
from sample_corpora.sample import SAMPLES, Sample

__all__ = ["PydocTopics"]


@SAMPLES.register
class PydocTopics(Sample):
    """One paragraph a line."""

    name = "pydoc_topics"
    title = "Python’s help topics"
    summary = "The language reference behind Python’s own help(): small enough to train before you have blinked."
    look_for = "list, tuple and dict come together; so do class, method and attribute, and import, module and package."
    domain = "programming"
    words = 65_000
    watched = ("list", "class", "import")

    @classmethod
    def write(cls, folder: Path) -> Path:
        """Write the topics in the order of their names."""
        path = folder / "pydoc_topics.txt"
        paragraphs = [
            " ".join(paragraph.split()) for name in sorted(topics) for paragraph in str(topics[name]).split("\n\n")
        ]
        # Topics quote each other: a paragraph counts once.
        atomic_write(path, "".join(f"{text}\n" for text in dict.fromkeys(paragraphs) if any(map(str.isalpha, text))))
        return path
