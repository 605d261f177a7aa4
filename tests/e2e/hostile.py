"""What an unlucky or unkind neighbour sends: readers' messages, feeds and hosts, each as large as it was once too large."""

import asyncio
import contextlib
import gzip
import itertools
import json
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from html import escape

_KAZAKH = (
    "мұнай газ теңге банк үкімет парламент сайлау президент министр әкім қала ауыл мектеп мұғалім дәрігер аурухана "
    "көлік жол ұшақ пойыз порт зауыт жұмыс еңбек баға нарық салық бюджет несие жоба ғылым технология кен астық егін "
    "мал су өзен көл теңіз тау орман ауа климат спорт футбол бокс күрес өнер театр кино музыка кітап тіл тарих"
)
_RUSSIAN = (
    "нефть газ рубль банк правительство парламент выборы президент министр губернатор город село школа учитель врач "
    "больница транспорт дорога самолёт поезд порт завод работа труд цена рынок налог бюджет кредит проект наука "
    "технология руда зерно урожай скот вода река озеро море гора лес воздух климат спорт футбол бокс борьба искусство "
    "театр кино музыка книга язык история"
)
KAZAKH, RUSSIAN = _KAZAKH.split(), _RUSSIAN.split()
_LETTERS = "абвгдежзийклмнопрстуфхцчшыэюя"
MARKER = "Қазақстан мұнай"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a path answers, after so many seconds."""

    body: bytes
    media_type: str = "application/rss+xml; charset=utf-8"
    encoding: str = ""
    seconds: float = 0.0


@dataclass
class Host:
    """A host of its own on loopback: its answers by path, ``other`` for all other paths; once ``gone``, 410 for all."""

    answers: dict[str, Answer] = field(default_factory=dict)
    other: Answer | None = None
    url: str = ""
    gone: bool = False

    def put(self, path: str, answer: Answer) -> str:
        """Let a path answer so; return its address."""
        self.answers[path] = answer
        return self.url + path

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request and close."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ", 2)[1].decode()
            answer = self.answers.get(path, self.other)
            if self.gone or answer is None:
                status = "410 Gone" if self.gone else "404 Not Found"
                writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            else:
                await asyncio.sleep(answer.seconds)
                packed = f"Content-Encoding: {answer.encoding}\r\n" if answer.encoding else ""
                writer.write(
                    f"HTTP/1.1 200 OK\r\nContent-Type: {answer.media_type}\r\n{packed}"
                    f"Content-Length: {len(answer.body)}\r\nConnection: close\r\n\r\n".encode()
                )
                writer.write(answer.body)
            await writer.drain()
        writer.close()


@contextlib.asynccontextmanager
async def host() -> AsyncIterator[Host]:
    """Open a host, which ends with the block, whatever is still being answered."""
    made = Host()
    async with await asyncio.start_server(made.serve, "127.0.0.1", 0) as server:
        made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield made


def rss(entries: list[tuple[str, str, str]], *, language: str = "kk") -> bytes:
    """Return RSS 2.0 of (guid, title, description)."""
    items = "".join(
        f"<item><title>{escape(title)}</title><link>https://neighbour.test/{guid}</link><guid>{guid}</guid>"
        f"<description>{escape(text)}</description></item>"
        for guid, title, text in entries
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Neighbour</title>'
        f"<link>https://neighbour.test/</link><language>{language}</language>{items}</channel></rss>"
    ).encode()


EMPTY = rss([("nothing", "Көрші сайттағы жалғыз хабарлама", "")])


def poisonous_topic() -> str:
    """Return 64 short words joined by ``|``: 383 characters, more in canonical text."""
    rng = random.Random(64)  # noqa: S311 - the same words every time
    words: set[str] = set()
    while len(words) < 64:
        words.add("".join(rng.choices(_LETTERS, k=5)))
    return "|".join(sorted(words))


def empty_gzip_members() -> bytes:
    """Return 5 MiB of gzip that unpacks to nothing, member after member."""
    member = gzip.compress(b"", mtime=0)
    return member * (5 * 2**20 // len(member))


def robots_bomb() -> bytes:
    """Return a robots.txt of 3,000 agents that share 5,000 rules."""
    agents = "".join(f"User-agent: a{n}\n" for n in range(3000))
    return (agents + "".join(f"Disallow: /{n}\n" for n in range(5000))).encode()


def long_titles() -> bytes:
    """Return titles of 2,000 words beside 10,000 lines of one word."""
    lines = "\n".join(f"{KAZAKH[n % len(KAZAKH)]}{n}" for n in range(10_000))
    return rss(
        [(f"t{n}", " ".join(f"{KAZAKH[i % len(KAZAKH)]}{i}" for i in range(2000)) + f" {n}", lines) for n in range(6)]
    )


def common_words(last: str) -> bytes:
    """Return 350 entries of the words that everybody follows; ``last`` is the headline of the last one."""
    rng = random.Random(350)  # noqa: S311 - the same words every time
    words = KAZAKH + RUSSIAN
    entries = [
        (f"c{n}", f"{n} {' '.join(rng.choices(words, k=15))}", " ".join(rng.choices(words, k=600))) for n in range(349)
    ]
    return rss([*entries, ("c-last", last, " ".join(rng.choices(words, k=600)))])


def unseen_words(last: str) -> bytes:
    """Return 20 articles of 11,000 words each that nobody ever used; ``last`` is the headline of the last one."""
    rng = random.Random(11_000)  # noqa: S311 - the same words every time
    texts = [" ".join("".join(rng.choices(_LETTERS + "әғқңөұүі", k=9)) for _ in range(11_000)) for _ in range(20)]
    return rss([(f"u{n}", last if n == 19 else text[:80], text) for n, text in enumerate(texts)])


def feeds_list(url: str, count: int) -> str:
    """Return an OPML of so many feeds of one host."""
    lines = "".join(f'<outline type="rss" text="Slow {n}" xmlUrl="{url}/slow{n}.xml"/>' for n in range(count))
    return f'<?xml version="1.0"?><opml version="2.0"><body>{lines}</body></opml>'


def topics_file(count: int) -> str:
    """Return a file as ``/export`` writes it, of so many topics that ordinary texts meet."""
    words = [word for word in RUSSIAN if word not in KAZAKH]  # each means something else
    pairs = itertools.islice(itertools.combinations(words, 2), count)
    return json.dumps({"jarshy": 1, "topics": [{"topic": " ".join(pair)} for pair in pairs]})


def ordinary_texts(count: int, words: int) -> list[str]:
    """Return texts of so many ordinary words."""
    rng = random.Random(500)  # noqa: S311
    return [" ".join(rng.choices(KAZAKH + RUSSIAN, k=words)) for _ in range(count)]
