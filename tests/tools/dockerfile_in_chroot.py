"""Run the steps of the Dockerfile in order, without Docker, and try what comes out of them.

    python tests/tools/dockerfile_in_chroot.py [--base FOLDER]

Needs Linux, root, debootstrap and unshare. The base image is a minimal Debian whose Python has the image's version; it is
made in FOLDER, or taken from there where it was made before, and thrown away where no folder is given. Each stage is a
copy of it. What the image runs is tried as the image's user, in a read-only root, without a network but its own loopback:
``--version``, ``migrate``, ``demo`` up to its page, and ``run`` until the image's health check says yes.

Only what this project's Dockerfile uses is understood: FROM, WORKDIR, COPY, RUN, ENV, USER, VOLUME, EXPOSE, HEALTHCHECK,
ENTRYPOINT and CMD. Another instruction ends the run, so that nothing is passed over.
"""

import argparse
import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).parents[2]
TRIAL = Path(__file__).with_name("container_trial.py")
SUITES = {"3.13": "trixie", "3.11": "bookworm"}  # Debian's own Python: https://packages.debian.org/python3
MIRROR = "http://deb.debian.org/debian"
SEARCHED = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
NETWORK_FILES = ("/etc/resolv.conf", "/etc/hosts", "/etc/ssl/certs/ca-certificates.crt")
HANDED_ON = re.compile(r"PIP_(CERT|INDEX_URL|DEFAULT_TIMEOUT)|(https?|no|all)_proxy|SSL_CERT_FILE", re.IGNORECASE)


@dataclass
class Stage:
    """One stage: its root, and what its instructions have set so far."""

    root: Path
    folder: str = "/"
    user: str = "root"
    environment: dict[str, str] = field(default_factory=lambda: {"PATH": SEARCHED})
    health: list[str] = field(default_factory=list)
    start: list[str] = field(default_factory=list)
    volumes: list[str] = field(default_factory=list)


def instructions(text: str) -> list[tuple[str, str]]:
    """Return the Dockerfile's instructions with their arguments, continued lines joined."""
    kept = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    lines = [line.strip() for line in kept.replace("\\\n", " ").splitlines() if line.strip()]
    return [(name.upper(), rest.strip()) for name, _, rest in (line.partition(" ") for line in lines)]


def command(*words: object, **options: object) -> None:
    """Run a command of this machine; its failure ends the run."""
    subprocess.run(list(map(str, words)), check=True, **options)  # type: ignore[call-overload]


def base(version: str, folder: Path) -> Path:
    """Return the root of a minimal Debian with that Python as ``python``, made where it is not there yet."""
    made, part = folder / f"python-{version}", folder / f"python-{version}.part"
    if not made.exists():
        wanted = "python3,python3-venv,ca-certificates"
        # In namespaces of its own: what it mounts and starts goes with it, however it ends.
        alone = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
        command(*alone, "debootstrap", "--variant=minbase", f"--include={wanted}", SUITES[version], part, MIRROR)
        (part / "usr/local/bin/python").symlink_to(f"/usr/bin/python{version}")
        part.rename(made)
    return made


def stage_of(image: str, number: int, work: Path, bases: Path) -> Stage:
    """Return a fresh stage from an image ``python:X.Y-slim``, with the network of this machine."""
    version = image.removeprefix("python:").removesuffix("-slim")
    root = work / f"stage-{number}"
    command("cp", "-a", base(version, bases), root)
    for name in filter(os.path.exists, NETWORK_FILES):
        target = root / name.lstrip("/")
        target.unlink(missing_ok=True)
        shutil.copy(name, target)
    return Stage(root)


def run(stage: Stage, script: str) -> None:
    """Run a script in a stage as its user, as RUN does, with a process table and devices of its own."""
    handed_on = {name: value for name, value in os.environ.items() if HANDED_ON.fullmatch(name)}
    inner = f"cd {shlex.quote(stage.folder)} && {script}"
    outer = (
        f"mount -t proc proc {stage.root}/proc && mount --rbind /dev {stage.root}/dev && "
        f"exec chroot --userspec={stage.user} {stage.root} /bin/sh -c {shlex.quote(inner)}"
    )
    unshare = ("unshare", "--mount", "--pid", "--fork", "--kill-child")
    command(*unshare, "/bin/sh", "-c", outer, env={**handed_on, **stage.environment})


def copy(stage: Stage, words: list[str], named: dict[str, Stage]) -> None:
    """Copy from the project, less what .dockerignore names, or from an earlier stage."""
    origin, ignored = PROJECT, (PROJECT / ".dockerignore").read_text().split()
    if words[0].startswith("--from="):
        origin, ignored = named[words.pop(0).removeprefix("--from=")].root, []

    def unwanted(folder: str, names: list[str]) -> set[str]:
        """Return what .dockerignore keeps out; only ``**/`` looks below the top."""
        paths = {name: str((Path(folder) / name).relative_to(origin)) for name in names}
        matched = [(name, path.rpartition("/")[2] if deep else path, pattern.removeprefix("**/"))
                   for name, path in paths.items() for pattern in ignored for deep in [pattern.startswith("**/")]]  # fmt: skip
        return {name for name, subject, pattern in matched if fnmatch.fnmatch(subject, pattern)}

    *sources, target = words
    goal = stage.root / str(Path(stage.folder) / target).lstrip("/")
    for source in sources:
        path = origin / source.lstrip("/")
        if unwanted(str(path.parent), [path.name]):
            raise SystemExit(f"COPY {source}: .dockerignore keeps it out")
        if path.is_dir():
            shutil.copytree(path, goal, ignore=unwanted, symlinks=True, dirs_exist_ok=True)
        else:
            goal.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, goal)


def build(text: str, work: Path, bases: Path) -> Stage:
    """Run all instructions and return the last stage."""
    named: dict[str, Stage] = {}
    stage: Stage | None = None
    for name, rest in instructions(text):
        print(f"-- {name} {rest[:110]}", flush=True)
        if name == "FROM":
            image, *alias = rest.split(" AS ")
            stage = stage_of(image, len(named), work, bases)
            named[alias[0] if alias else "last"] = stage
            continue
        assert stage is not None, "a Dockerfile begins with FROM"
        step(stage, name, rest, named)
    assert stage is not None, "the Dockerfile is empty"
    return stage


def step(stage: Stage, name: str, rest: str, named: dict[str, Stage]) -> None:
    """Run one instruction other than FROM."""
    match name:
        case "WORKDIR":
            stage.folder = rest
            (stage.root / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
        case "RUN":
            run(stage, rest)
        case "COPY":
            copy(stage, rest.split(), named)
        case "ENV":
            for key, value in (word.split("=", 1) for word in shlex.split(rest)):
                stage.environment[key] = value.replace("$PATH", stage.environment["PATH"])
        case "USER":
            stage.user = rest
        case "VOLUME":
            stage.volumes.append(rest)
        case "ENTRYPOINT":
            stage.start = json.loads(rest)
        case "HEALTHCHECK":
            stage.health = json.loads(rest[rest.index("CMD") + 3 :])
        case "EXPOSE" | "CMD":
            pass
        case _:
            raise SystemExit(f"{name}: not understood here")


def trial(stage: Stage) -> None:
    """Try the image as a container would run it: its user, a read-only root, its volumes and /tmp writable."""
    plan = {
        "root": str(stage.root),
        "folder": stage.folder,
        "user": stage.user,
        "environment": stage.environment,
        "volumes": stage.volumes,
        "start": stage.start,
        "health": stage.health,
    }
    unshare = ("unshare", "--mount", "--pid", "--net", "--fork", "--kill-child")
    command(*unshare, sys.executable, TRIAL, json.dumps(plan))


def main() -> None:
    """Build and try."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--base", type=Path, help="where the minimal Debian is kept for the next time")
    if os.geteuid() != 0 or not all(map(shutil.which, ("debootstrap", "unshare"))):
        raise SystemExit("this needs root, debootstrap and unshare")
    kept = arguments.parse_args().base
    with tempfile.TemporaryDirectory(prefix="jarshy-image-") as work:
        trial(build((PROJECT / "Dockerfile").read_text(), Path(work), (kept or Path(work)).resolve()))
    print("the image builds and runs")


if __name__ == "__main__":
    main()
