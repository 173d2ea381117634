"""Finding pictures: from the cache, from the CDN, and what there is when that does not answer."""

import threading

from tests.rules.pictures.picture_bytes import gif, jpeg, png, webp
from tests.web.remote_pictures.cdn import whole


def test_a_picture_is_what_its_bytes_are(pictures, cdn):
    kinds = {"png": png(), "jpeg": jpeg(), "gif": gif(), "webp": webp()}
    cdn.answers = {f"/{kind}": whole(data, content_type="text/html") for kind, data in kinds.items()}
    found = pictures.find_many([None, *[f"{cdn.base}/{kind}" for kind in kinds], f"{cdn.base}/none"])
    assert found == {f"{cdn.base}/{kind}": (data, f"image/{kind}") for kind, data in kinds.items()}


def test_a_picture_is_fetched_once(pictures, cdn):
    cdn.answers["/a"] = whole(png())
    for _ in range(3):
        assert pictures.find(f"{cdn.base}/a").data == png()
    assert cdn.count("/a") == 1


def test_two_at_once_fetch_once(pictures, cdn):
    asked, go_on = threading.Event(), threading.Event()

    def answer(connection):
        asked.set()
        go_on.wait(10)
        connection.sendall(whole(png()))

    cdn.answers["/a"] = answer
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(pictures.find(f"{cdn.base}/a", wait_s=10))) for _ in range(4)
    ]
    threads[0].start()
    assert asked.wait(10)
    for thread in threads[1:]:
        thread.start()
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert [picture.data for picture in found] == [png()] * 4
    assert cdn.count("/a") == 1
