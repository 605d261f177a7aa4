"""Matching: which topics an article meets, and by which of its words.

::

    text of a topic  --query-->  Query  --compiling-->  Clause  --index.conjunctions, index.builder-->  tables
    text of an article  --analysis-->  Analysis  --evaluation (one clause) | index (all topics)-->  topics, words

All functions are pure: the answers depend on topic, article and the tables of ``bot.language`` alone. ``one_topic`` is
for a single topic, ``index.TopicIndex`` for all of them; both give the same answers.
"""
