"""What the Django programs have in common."""

import os
import shutil
import sys
import threading
from wsgiref.simple_server import make_server


def end_with_parent():
    """Ends when standard input does: whoever started this was killed."""

    def wait():
        sys.stdin.buffer.read()
        shutil.rmtree(os.environ["FOLDER"], ignore_errors=True)
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()


def serve(application):
    """Answers on a free port of the loopback interface, for ever."""
    server = make_server("127.0.0.1", 0, application)
    print(f"listening on {server.server_port}", flush=True)
    server.serve_forever()
