"""The shipped configuration: who may reach the server, and whom it reaches."""

import ast
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
# Imported by Python itself at its start, so that nothing connects before it listens.
RECORDER = """
import os, sys
def record(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.bind"):
        where = args[1] if event in ("socket.connect", "socket.bind") else args[0]
        host = where[0] if isinstance(where, tuple) else where
        with open(os.environ["RECORD"], "a") as sink:
            sink.write(repr((event, str(host))) + "\\n")
sys.addaudithook(record)
"""


@pytest.fixture
def started(tmp_path):
    """Starts the app as it is shipped, on a free port; what its sockets did until it served."""

    def start(*options):
        (tmp_path / "sitecustomize.py").write_text(RECORDER)
        record = tmp_path / "record.txt"
        paths = [str(tmp_path), os.environ.get("PYTHONPATH", "")]
        told = {"RECORD": str(record), "PYTHONPATH": os.pathsep.join(filter(None, paths))}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
        server = subprocess.Popen(
            [*command, "--server.headless", "true", *options],
            cwd=ROOT,
            env={k: v for k, v in os.environ.items() if "STREAMLIT" not in k} | told,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            _wait_until_served(f"http://127.0.0.1:{port}/_stcore/health", server)
        finally:
            server.send_signal(signal.SIGTERM)
            said, _ = server.communicate(timeout=30)
        return [ast.literal_eval(line) for line in record.read_text().splitlines()], said

    return start


def _wait_until_served(address, server):
    for _ in range(600):
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                assert answer.read() == b"ok"
                return
        except OSError:
            assert server.poll() is None
            time.sleep(0.1)
    raise AssertionError("the server did not answer within a minute")


def test_a_start_asks_no_outside_host_and_listens_on_this_machine_alone(started):
    events, said = started()
    assert ("socket.bind", "127.0.0.1") in events  # the recorder records
    assert {host for _, host in events} <= LOOPBACK
    assert "http://localhost:" in said


def test_a_start_for_a_class_listens_for_it_and_asks_no_outside_host_either(started):
    events, said = started(
        "--server.address", "0.0.0.0", "--browser.serverAddress", "teacher.example"
    )
    assert ("socket.bind", "0.0.0.0") in events
    assert {host for _, host in events} <= LOOPBACK | {"0.0.0.0"}
    assert "http://teacher.example:" in said  # what the class types
