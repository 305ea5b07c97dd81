"""What can be imported is what api/client-python.md says: `npm run docs` writes it, the changelog tells of a change."""

from __future__ import annotations

import importlib
import inspect
import os
import pathlib
import re
import unittest
from collections.abc import Iterator
from types import ModuleType

REPORT = pathlib.Path(__file__).parents[2] / "api" / "client-python.md"
ADDRESS = r" object at 0x\w+"
MODULES = ["", ".requests_auth", ".httpx_auth"]
HEAD = """# API of `token-refresher-client`

Written by `npm run docs`. A change here is a change for users: say it in [CHANGELOG.md](../CHANGELOG.md).
"""


def classes_of(module: ModuleType) -> list[type]:
    own = [one for one in vars(module).values() if inspect.isclass(one) and one.__module__ == module.__name__]
    public = getattr(module, "__all__", [one.__name__ for one in own if not one.__name__.startswith("_")])
    return [getattr(module, name) for name in sorted(public)]


def lines_of(one: type) -> Iterator[str]:
    yield f"class {one.__name__}({', '.join(base.__name__ for base in one.__bases__)}):"
    for name, value in sorted(vars(one).items()):
        if name.startswith("_") and name not in ["__init__", "__call__"]:
            continue
        if not inspect.isfunction(value):
            yield f"    {name}"
            continue
        signature = inspect.signature(value)
        yield f"    def {name}("
        for each in signature.parameters.values():
            by_name = "*, " if each.kind is each.KEYWORD_ONLY else ""
            yield f"        {by_name}{re.sub(ADDRESS, '', str(each))},"
        yield f"    ) -> {signature.return_annotation}"


def report() -> str:
    modules = [importlib.import_module(f"token_refresher_client{name}") for name in MODULES]
    parts = [
        f"\n## {module.__name__}\n\n```python\n"
        + "\n".join(line for one in classes_of(module) for line in lines_of(one))
        + "\n```\n"
        for module in modules
    ]
    return HEAD + "".join(parts)


class PublicApiTest(unittest.TestCase):
    maxDiff = None

    def test_it_is_the_one_that_was_acknowledged(self) -> None:
        if os.environ.get("WRITE_DOCS") == "1":
            REPORT.write_text(report())
        self.assertEqual(REPORT.read_text(), report(), "run `npm run docs`")
