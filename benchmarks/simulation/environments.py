"""The other programs, each in an environment of its own: how one is made, and why one cannot be had."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEERS = HERE / "peers"
PINS = {"simpy": "simpy==4.1.2", "ciw": "ciw==3.2.7", "cimba": "cimba==0.9.6"}
LICENCES = {
    "simpy": "MIT",
    "ciw": "MIT",
    "cimba": "Apache-2.0",
    "cimba-c": "Apache-2.0",
    "simmer": "GPL-2 or later",
}
CIMBA = "Give a checkout of `https://github.com/ambonvik/cimba` by `--cimba-source`; Debian has meson, ninja and nasm to build it."
OLDER = ("-include", "stdbool.h", "-Dstatic_assert=_Static_assert")
"""What lets compilers before gcc 13 read C of 2023."""


@dataclass(frozen=True)
class Tool:
    """A program that can be run, or why it cannot.

    Attributes:
        name: what the page calls it, with its version.
        command: what comes before MODEL RUNS DAYS SEED; empty where it cannot be run.
        missing: why it cannot be run, and how to get it.
    """

    name: str
    command: tuple[str, ...] = ()
    missing: str = ""


def made(folder: Path, cimba: Path | None) -> dict[str, Tool]:
    """Return every other program, ready to run where it can be had.

    Args:
        folder: where the environments are, and stay for the next time.
        cimba: a checkout of the library Cimba, where there is one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return {
        "simpy": in_python("simpy", "SimPy", "simpy_by_hand.py", folder),
        "ciw": in_python("ciw", "Ciw", "ciw_network.py", folder),
        "cimba": in_python("cimba", "Cimba for Python", "cimba_models.py", folder),
        "cimba-c": in_cimba(cimba, folder / "cimba-c"),
        "simmer": in_r(),
        "loop": in_c("loop", "C event loop", folder),
        "recursion": in_c("recursion", "C recursion", folder),
    }


def in_python(package: str, name: str, program: str, folder: Path) -> Tool:
    """Return a program that needs one package from PyPI, in a virtual environment of that version."""
    pin = PINS[package]
    python = folder / pin.replace("==", "-") / "bin" / "python"
    name = f"{name} {pin.partition('==')[2]}"
    home = python.parents[1]
    whole = home / "whole"  # written last: an environment that was cut short is made anew
    if not whole.exists():
        shutil.rmtree(home, ignore_errors=True)
        steps = (
            [sys.executable, "-m", "venv", str(home)],
            [str(python), "-m", "pip", "install", "--quiet", pin],
        )
        for step in steps:
            failed = said(step)
            if failed:
                shutil.rmtree(home, ignore_errors=True)
                return Tool(name, missing=f"`pip install {pin}` failed: {failed}")
        whole.touch()
    return Tool(name, (str(python), str(PEERS / program)))


def in_c(program: str, name: str, folder: Path) -> Tool:
    """Return a program in C, compiled."""
    if shutil.which("gcc") is None:
        return Tool(name, missing="there is no gcc; Debian's package is `gcc`")
    target = folder / program
    source = PEERS / f"{program}.c"
    failed = said(["gcc", "-O3", "-o", str(target), str(source), "-lm"])
    return Tool(name, missing=f"gcc: {failed}") if failed else Tool(name, (str(target),))


def in_cimba(source: Path | None, build: Path) -> Tool:
    """Return the program in C on the library Cimba, which is built from its source with its release settings."""
    if source is None:
        return Tool("Cimba", missing=CIMBA)
    for need in ("meson", "ninja", "nasm", "gcc"):
        if shutil.which(need) is None:
            return Tool(
                "Cimba", missing=f"there is no {need}; Debian has a package for it. {CIMBA}"
            )
    text = (source / "meson.build").read_text(encoding="utf-8")
    version = text.partition("version : '")[2].partition("'")[0]
    name = f"Cimba {version} in C"
    library = build / "src" / "libcimba.so.3.0.0"
    setup = ["meson", "setup", str(build), str(source), "--buildtype=release"]
    setup += ["-Denable_docs=false", "-Denable_cuda_tutorials=false"]
    headers = [f"-I{source / part}" for part in ("include", "src")]
    flags = ["-O3", "-DNDEBUG", "-DNLOGINFO", "-std=gnu2x", *OLDER]
    link = [str(library), f"-Wl,-rpath,{library.parent}", "-lm"]
    target = str(build / "model")
    steps = [
        [] if (build / "build.ninja").exists() else setup,
        ["ninja", "-C", str(build), "src/libcimba.so.3.0.0"],
        ["gcc", *flags, *headers, "-o", target, str(PEERS / "cimba.c"), *link],
    ]
    for step in filter(None, steps):
        if failed := said(step, CFLAGS=" ".join(OLDER)):
            return Tool(name, missing=f"`{step[0]}` failed: {failed}")
    return Tool(name, (target,))


def in_r() -> Tool:
    """Return the program in R; a library of one's own is found by R_LIBS, as ever in R."""
    get = '`apt-get install r-cran-simmer` where Debian has it, else `install.packages("simmer")` in R'
    if shutil.which("Rscript") is None:
        return Tool("simmer", missing=f"there is no R: {get}")
    probe = ["Rscript", "-e", 'cat(as.character(packageVersion("simmer")))']
    run = subprocess.run(probe, capture_output=True, text=True, check=False)
    if run.returncode:
        return Tool("simmer", missing=f"R is there without the package simmer: {get}")
    return Tool(f"simmer {run.stdout.strip()}", ("Rscript", str(PEERS / "simmer.R")))


def said(command: list[str], **settings: str) -> str:
    """Run a command; return the last line of what it complained about, or nothing where it went well."""
    environment = {**os.environ, "PYTHONPATH": "", **settings}
    run = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if not run.returncode:
        return ""
    return (run.stderr.strip() or run.stdout.strip() or f"exit {run.returncode}").splitlines()[-1]
