"""Starts and asks `servers.ts`."""

from __future__ import annotations

import json
import pathlib
import shutil
import subprocess
from typing import Any


class Servers:
    """AWS, the real refresher and a token API with a protected resource, in a Node.js process."""

    def __init__(self) -> None:
        node = shutil.which("node")
        if node is None:
            raise RuntimeError("there is no node on the PATH: run these tests with client-python/test.sh")
        script = pathlib.Path(__file__).with_name("servers.ts")
        self._process = subprocess.Popen(
            [node, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        where = self._answer()
        self.endpoint: str = where["endpoint"]
        self.environment: str = where["environment"]
        self.queue_url: str = where["queueUrl"]
        self.resource: str = where["resource"]

    def tell(self, command: str) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()
        return self._answer()

    def close(self) -> None:
        """Ends by itself when its input does."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=10)
        self._process.stdout.close()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if line == "":
            raise RuntimeError("servers.ts has ended")
        return json.loads(line)
