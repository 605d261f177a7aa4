"""Scripts: Kazakh letters folded, look-alike letters repaired, Kazakh in Latin or Arabic script spelled in Cyrillic."""

from bot.language.scripts.letters import (
    KAZAKH_LETTERS,
    fold,
    kazakh_cyrillic,
    kazakh_cyrillic_variants,
    repair_homoglyphs,
)

__all__ = ["KAZAKH_LETTERS", "fold", "kazakh_cyrillic", "kazakh_cyrillic_variants", "repair_homoglyphs"]
