"""Over https: who a server is, is checked, and that takes no longer than the rest."""

import shutil
import socket
import ssl
import subprocess
import threading

import pytest

from tests.rules.pictures.picture_bytes import png
from tests.web.remote_pictures.cdn import whole
from web.remote_pictures import fetcher
from web.remote_pictures.fetcher import Fetcher, NoAnswer
from web.remote_pictures.hosts import Hosts, Origin, Place


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for cdn.discordapp.com that it signed itself, with its key."""
    if not shutil.which("openssl"):
        pytest.skip("there is no openssl")
    path = tmp_path_factory.mktemp("certificate") / "both.pem"
    names = ["-subj", "/CN=cdn.discordapp.com", "-addext", "subjectAltName=DNS:cdn.discordapp.com"]
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc", "-days", "2"]
    made = ["-keyout", path, "-out", path.with_suffix(".crt")]
    subprocess.run(["openssl", "req", *kind, *names, *made], check=True, capture_output=True, timeout=60)
    path.write_text(path.read_text() + path.with_suffix(".crt").read_text())
    return path


@pytest.fixture
def fetch(cdn, certificate):
    """Fetch from a host that the name service says is this machine; `known` is whether its certificate is trusted."""

    def run(host="cdn.discordapp.com", known=True):
        fetching = Fetcher(Hosts())
        if known:
            fetching._tls.load_verify_locations(certificate.with_suffix(".crt"))
        port = int(cdn.base.rpartition(":")[2])
        return fetching.fetch(Place(Origin("https", host, port), "/a", True, 60))

    return run


@pytest.fixture
def encrypt(cdn, certificate, monkeypatch):
    """Let the CDN speak https, and any name lead to it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    plain, look_up = cdn._answer, socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda _host, port, **options: look_up("127.0.0.1", port, **options))

    def answer(connection):
        try:
            encrypted = context.wrap_socket(connection, server_side=True)
        except OSError:
            return
        plain(encrypted)

    cdn._answer = answer
    cdn.answers["/a"] = whole(png())


@pytest.mark.usefixtures("encrypt")
def test_a_server_that_is_who_it_says_is_asked(fetch):
    assert fetch() == (png(), "png")


@pytest.mark.usefixtures("encrypt")
@pytest.mark.parametrize(("host", "known"), [("media.discordapp.net", True), ("cdn.discordapp.com", False)])
def test_a_server_that_is_another_is_asked_nothing(fetch, cdn, host, known):
    with pytest.raises(NoAnswer):
        fetch(host, known)
    assert cdn.asked == []


def test_a_server_that_never_shakes_hands_is_left(fetch, cdn, encrypt, monkeypatch):
    monkeypatch.setattr(fetcher, "TIMEOUT_S", 0.3)
    over = threading.Event()
    cdn._answer = lambda _connection: over.wait(30)
    try:
        with pytest.raises(NoAnswer):
            fetch()
    finally:
        over.set()


def test_an_encrypted_answer_that_trickles_is_left(fetch, cdn, encrypt, monkeypatch):
    monkeypatch.setattr(fetcher, "TIMEOUT_S", 0.5)
    over = threading.Event()

    def trickle(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nA: ")
        while not over.wait(0.02):
            connection.sendall(b"a")

    cdn.answers["/a"] = trickle
    try:
        with pytest.raises(NoAnswer):
            fetch()
    finally:
        over.set()
