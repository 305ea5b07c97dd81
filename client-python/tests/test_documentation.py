"""The Python examples of the documentation run as they stand but for their addresses."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys
import unittest

from .servers import Servers

ROOT = pathlib.Path(__file__).parents[2]
RESOURCE = "https://api.example.com/orders"
QUEUE_URL = "https://sqs.us-east-1.amazonaws.com/123456789012/token-refresher-sandbox.fifo"


def examples() -> list[tuple[str, str]]:
    found = []
    for document in ["README.md", "docs/consumers.md"]:
        text = (ROOT / document).read_text()
        for fence in re.finditer(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
            if RESOURCE in fence[1]:
                line = text.count("\n", 0, fence.start()) + 1
                found.append((f"{document}:{line}", fence[1]))
    return found


class DocumentationTest(unittest.TestCase):
    def test_there_are_examples(self) -> None:
        self.assertGreaterEqual(len(examples()), 3)

    def test_each_runs_and_the_api_accepts_its_token(self) -> None:
        servers = Servers()
        self.addCleanup(servers.close)
        for index, (place, text) in enumerate(examples()):
            with self.subTest(place):
                run(text, servers)
                self.assertEqual(servers.tell("report")["answers"], [200] * (index + 1))

    def test_those_that_may_ask_the_refresher_send_their_request_once_more_after_a_revocation(self) -> None:
        asking = [text for _, text in examples() if QUEUE_URL in text]
        self.assertGreaterEqual(len(asking), 1)
        for text in asking:
            servers = Servers()
            self.addCleanup(servers.close)
            servers.tell("revoke")
            run(text, servers)
            self.assertEqual(servers.tell("report")["answers"], [401, 200])


def run(text: str, servers: Servers) -> None:
    env = {name: value for name, value in os.environ.items() if not name.upper().startswith("AWS_")}
    env.update(
        AWS_ENDPOINT_URL=servers.endpoint,
        AWS_DEFAULT_REGION="us-east-1",
        AWS_ACCESS_KEY_ID="test",
        AWS_SECRET_ACCESS_KEY="test",
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    )
    text = text.replace(RESOURCE, servers.resource).replace(QUEUE_URL, servers.queue_url)
    subprocess.run([sys.executable, "-c", text], env=env, check=True, timeout=60, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    unittest.main()
