"""How well matching does on development sets: each module counts one kind of figure, the table shows them all.

::

    sets (files -> records) | morphology, topics, countries, stories, names, languages, seed (records -> measured)
                            | table (measured, targets -> lines)

The modules that count are pure functions of their records. What each figure means: ``docs/matching.md``.
"""
