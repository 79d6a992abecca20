"""`python -m bench.fuzz.one TARGET FOLDER SECONDS`: atheris on one target. Failing inputs are in FOLDER afterwards."""

import sys
from pathlib import Path

import atheris


def main(name: str, folder: Path, seconds: str) -> None:
    """Fuzz, and end the process, with a status other than 0 if something was found."""
    from bench.fuzz.targets import TARGETS

    target = TARGETS[name]
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, body in enumerate(target.begin):
        (corpus / f"{number}").write_bytes(body)
    options = [f"-max_total_time={seconds}", "-max_len=20000", "-timeout=10", "-rss_limit_mb=2048", "-verbosity=0"]
    atheris.Setup([sys.argv[0], *options, f"-artifact_prefix={folder}/", str(corpus)], target.take)
    atheris.Fuzz()


if __name__ == "__main__":
    _, which, where, how_long = sys.argv
    with atheris.instrument_imports(include=["services", "shared.conditions"]):
        import bench.fuzz.targets  # noqa: F401
    main(which, Path(where), how_long)
