"""Requests, and what only looks like one, by RFC 9112 (sections in brackets)."""

from tests.web.front.raw_client import compose

HOST = b"Host: x\r\n"
PUT = b"PUT /a HTTP/1.1\r\n" + HOST
CHUNKED = PUT + b"Transfer-Encoding: chunked\r\n\r\n"
SOCKET = (
    b"GET /socket HTTP/1.1\r\n" + HOST + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
)
SMUGGLED = b"GET /smuggled HTTP/1.1\r\n" + HOST + b"\r\n"

# What is sent, and the statuses of all answers to it; a refusal is always the last.
SHAPES = {
    "plain": (b"GET /a HTTP/1.1\r\n" + HOST + b"\r\n", [200]),
    "blank lines before (2.2)": (b"\r\n\r\nGET /a HTTP/1.1\r\n" + HOST + b"\r\n", [200]),
    "nothing but blank lines": (b"\r\n\r\n", []),
    "1.0 without a Host": (b"GET /a HTTP/1.0\r\n\r\n", [200]),
    "1.1 without a Host (3.2)": (b"GET /a HTTP/1.1\r\n\r\n", [400]),
    "two Hosts (3.2)": (b"GET /a HTTP/1.1\r\n" + HOST + HOST + b"\r\n", [400]),
    "0.9": (b"GET /a\r\n\r\n", [400]),
    "9.9": (b"GET /a HTTP/9.9\r\n" + HOST + b"\r\n", [400]),
    "HTTP/2 with prior knowledge": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [400]),
    "TLS": (bytes.fromhex("16030100f1010000ed0303"), [400]),
    "both lengths (6.1)": (PUT + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED, [400]),
    "both lengths the other way": (
        PUT + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + SMUGGLED,
        [400],
    ),
    "two lengths (6.3)": (PUT + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde" + SMUGGLED, [400]),
    "the same length twice": (PUT + b"Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd", [400]),
    "a list of lengths": (PUT + b"Content-Length: 4, 4\r\n\r\nabcd", [400]),
    "a length with a sign": (PUT + b"Content-Length: +4\r\n\r\nabcd", [400]),
    "a negative length": (PUT + b"Content-Length: -4\r\n\r\nabcd", [400]),
    "a length in hex": (PUT + b"Content-Length: 0x4\r\n\r\nabcd", [400]),
    "a length above 64 bits": (PUT + b"Content-Length: 99999999999999999999999\r\n\r\nabcd", [400]),
    "no length": (PUT + b"Content-Length: \r\n\r\n", [400]),
    "bare LF": (b"GET /a HTTP/1.1\nHost: x\n\n", [400]),
    "bare LF in a header": (b"GET /a HTTP/1.1\r\nHost: x\nA: b\r\n\r\n", [400]),
    "bare CR (2.2)": (b"GET /a HTTP/1.1\r\nHost: x\rA: b\r\n\r\n", [400]),
    "bare LF before the body": (PUT + b"Content-Length: 4\r\n\nabcd", [400]),
    "a folded header (5.2)": (b"GET /a HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", [400]),
    "a header before the first": (b"GET /a HTTP/1.1\r\n A: b\r\n" + HOST + b"\r\n", [400]),
    "a blank before the colon (5.1)": (b"GET /a HTTP/1.1\r\nHost : x\r\n\r\n", [400]),
    "a coding with a blank": (PUT + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", [400]),
    "a coding after a tab": (PUT + b"Transfer-Encoding:\tchunked\r\n\r\n0\r\n\r\n", [200]),
    "a coding in capitals": (PUT + b"TRANSFER-ENCODING: CHUNKED\r\n\r\n0\r\n\r\n", [200]),
    "an unknown coding (6.1)": (PUT + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", [501]),
    "two codings": (PUT + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", [501]),
    "chunked not last (6.1)": (PUT + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", [400]),
    "the coding twice": (PUT + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", [400]),
    "a coding in 1.0 (6.1)": (b"PUT /a HTTP/1.0\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", [400]),
    "chunks": (CHUNKED + b"3\r\nabc\r\n1;a=b\r\nd\r\n0\r\n\r\n" + SMUGGLED, [200, 200]),
    "a size that is none": (CHUNKED + b"zz\r\n", [400]),
    "a size with a sign": (CHUNKED + b"+3\r\nabc\r\n0\r\n\r\n", [400]),
    "a size in 0x": (CHUNKED + b"0x3\r\nabc\r\n0\r\n\r\n", [400]),
    "a size above 64 bits": (CHUNKED + b"10000000000000003\r\nabc\r\n0\r\n\r\n", [400]),
    "an extension with LF": (CHUNKED + b"1;a\nb\r\nx\r\n0\r\n\r\n", [400]),
    "a chunk that is longer than it says": (CHUNKED + b"3\r\nabcd\r\n0\r\n\r\n", [400]),
    "a chunk that ends with LF": (CHUNKED + b"3\nabc\r\n0\r\n\r\n", [400]),
    "a trailer": (CHUNKED + b"1\r\na\r\n0\r\nX-Checksum: 5\r\n\r\n", [200]),
    "a trailer with a length": (CHUNKED + b"1\r\na\r\n0\r\nContent-Length: 5\r\n\r\n", [400]),
    "NUL in a header (5.5)": (b"GET /a HTTP/1.1\r\nHost: x\r\nA: \0b\r\n\r\n", [400]),
    "NUL in the target": (b"GET /\0a HTTP/1.1\r\nHost: x\r\n\r\n", [400]),
    "an unknown method": (b"FOO /a HTTP/1.1\r\n" + HOST + b"\r\n", [400]),
    "a method in lower case": (b"get /a HTTP/1.1\r\n" + HOST + b"\r\n", [400]),
    "WebDAV": (b"PROPFIND /a HTTP/1.1\r\n" + HOST + b"\r\n", [200]),
    "CONNECT": (b"CONNECT a:1 HTTP/1.1\r\n" + HOST + b"\r\n", [400]),
    "a target in full (3.2.2)": (b"GET http://y/a HTTP/1.1\r\n" + HOST + b"\r\n", [200]),
    "a star (3.2.4)": (b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n", [200]),
    "a target without a slash": (b"GET a HTTP/1.1\r\n" + HOST + b"\r\n", [400]),
    "a blank in the target": (b"GET /a b HTTP/1.1\r\n" + HOST + b"\r\n", [400]),
    "no ASCII in the target": ("GET /é HTTP/1.1\r\n".encode() + HOST + b"\r\n", [400]),
    "a pipeline": (compose("GET", "/a") * 5 + compose("PUT", "/b", body=b"x") * 5, [200] * 10),
    "a pipeline with a body that is refused": (compose("PUT", "/refuse", body=b"x") + compose("GET", "/a"), [401, 200]),
    "a pipeline that ends in noise": (compose("GET", "/a") * 2 + b"\1\2 noise\r\n\r\n", [200, 200, 400]),
    "a pipeline that ends in a bad chunk": (compose("GET", "/a") * 2 + CHUNKED + b"zz\r\n", [200, 200, 400]),
    "a body that looks like a request": (compose("PUT", "/a", body=SMUGGLED), [200]),
    "a GET with a body": (compose("GET", "/a", body=SMUGGLED), [200]),
    "h2c": (
        b"GET /a HTTP/1.1\r\n"
        + HOST
        + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n\r\n",
        [200],
    ),
    "h2c with a body": (
        PUT
        + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\nContent-Length: 4\r\n\r\nabcd",
        [200],
    ),
    "a WebSocket with a body": (SOCKET + b"Content-Length: 4\r\n\r\nabcd", [400]),
    "a WebSocket behind another request": (compose("PUT", "/slow", body=b"x") + SOCKET + b"\r\n", [200, 400]),
}
