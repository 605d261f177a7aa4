"""Concepts: countries, cities, people, organisations …, each by its names in the three languages."""

from bot.language.concepts.registry import (
    Concept,
    concepts,
    inhabitant,
    lookup,
    ready_topics,
    state_words,
    suggest,
    validate,
)

__all__ = ["Concept", "concepts", "inhabitant", "lookup", "ready_topics", "state_words", "suggest", "validate"]
