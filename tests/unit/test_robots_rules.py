"""robots.txt as RFC 9309 reads it, in time that grows with the file and the path, never with what they mean together."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.http.robots_rules import MOST_RULES, MOST_STARS, read_robots

EXAMPLE = """
User-Agent: *
Disallow: *.gif$
Disallow: /example/
Allow: /publications/

User-Agent: foobot
Disallow:/
Allow:/example/page.html
Allow:/example/allowed.gif

User-Agent: barbot
User-Agent: Jarshy/1.0 (news)
Disallow: /example/page.html # a comment

User-agent: jarshy
disallow: /more
"""


def allows(text: str, path: str) -> bool:
    """Tell what a file says of a path."""
    return read_robots(text.encode()).allow(f"https://x.kz{path}")


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/example/page.html", False),
        ("/example/page.htm", True),
        ("/example/a.gif", True),
        ("/more/1", False),
        ("/", True),
    ],
)
def test_our_groups_count_together_and_nobody_elses(path, allowed):
    """All groups that name us are one; the one for everybody is for those that none names."""
    assert allows(EXAMPLE, path) is allowed


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("Disallow: /", "/a", False),
        ("Disallow:", "/a", True),
        ("Disallow: /\nAllow: /a", "/a/b", True),
        ("Allow: /a\nDisallow: /a", "/a", True),
        ("Allow: /page\nDisallow: /*.htm", "/page.htm", False),
        ("Disallow: /*.gif$", "/a/b.gif", False),
        ("Disallow: /*.gif$", "/a/b.gif?x=1", True),
        ("Disallow: /a$", "/ab", True),
        ("Disallow: /a$", "/a", False),
        ("Disallow: /*?print=", "/n/1?print=1", False),
        ("Disallow: /*/b/*/d", "/a/b/c/d", False),
        ("Disallow: /*/b/*/d", "/a/b/d", True),
        ("Disallow: /a*a$", "/a", True),
        ("Disallow: /жаңалық", "/%D0%B6%D0%B0%D2%A3%D0%B0%D0%BB%D1%8B%D2%9B/1", False),
        ("Disallow: /%d0%b6", "/ж", False),
        ("Disallow: /%7Ejoe", "/~joe", False),
        ("Disallow: index.html", "/index.html", True),
        ("Sitemap: /s\nCrawl-delay: 1\nDisallow: /a", "/a", False),
        ("nonsense\n: /a\nDisallow /a\n\x00", "/a", True),
    ],
)
def test_the_longest_pattern_decides(rules, path, allowed):
    """Stars, ends, escapes and ties, as the RFC has them; what is no rule says nothing."""
    assert allows(f"User-agent: *\n{rules}", path) is allowed


def test_without_rules_all_is_allowed():
    """An empty file, and one that speaks to others alone."""
    assert allows("", "/a")
    assert allows("User-agent: other\nDisallow: /", "/a")
    assert read_robots("\ufeffUser-agent: *\nDisallow: /a".encode()).allow("https://x.kz/b")


@given(st.text("ab*", max_size=8), st.booleans(), st.text("ab", max_size=10))
def test_patterns_match_what_their_regular_expression_would(pattern, ends, path):
    """Matching piece by piece means the same as the expression that it stands for."""
    expression = "/" + pattern.replace("*", ".*") + ("$" if ends else "")
    expected = re.match(expression, f"/{path}") is None

    assert allows(f"User-agent: *\nDisallow: /{pattern}{'$' if ends else ''}", f"/{path}") is expected


def test_more_rules_than_anybody_means_forbid_all():
    """What cannot be kept is not passed over: such a host is left alone. A pattern of many stars says nothing."""
    many = "User-agent: *\n" + "".join(f"Disallow: /{n}\n" for n in range(MOST_RULES + 1))
    stars = "User-agent: *\nDisallow: /" + "a*" * (MOST_STARS + 1)

    assert not allows(many, "/other")
    assert allows(stars, "/" + "a" * 100)


def test_hostile_files_take_bounded_time():
    """3,000 agents before 5,000 rules; patterns of stars against a long path that they nearly match."""
    agents = "".join(f"User-agent: a{n}\n" for n in range(3000)) + "User-agent: *\nUser-agent: jarshy\n"
    shared = agents + "".join(f"Disallow: /{n}\n" for n in range(MOST_RULES))
    stars = "User-agent: *\n" + "".join(f"Disallow: /*{'a*' * (MOST_STARS - 1)}b{n}\n" for n in range(MOST_RULES))
    began = time.process_time()
    assert not allows(shared, "/1")
    assert allows(stars, "/" + "a" * 2000)

    assert time.process_time() - began < 1
