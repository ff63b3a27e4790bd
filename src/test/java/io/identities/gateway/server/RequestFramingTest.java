package io.identities.gateway.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.http.ProblemCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestFramingTest {

    private static final int MAX_HEAD = 16_384;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: [::ffff:192.0.2.1]\r\n\r\n",
                "GET / HTTP/1.0\r\n\r\n",
                "\r\nGET /a?b=c/d?e&f=[1] HTTP/1.1\r\nHost: a.example:8080\r\n\r\n",
                "GET //x///y/%E2%82%AC;v=1?u=http://h/p?q HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: my_service:8080\r\nX-A: caf\u00e9\r\nX.B|C: \tv \t\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:  003 \r\nExpect: 100-Continue\r\n\r\nabc",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n5;a;b=c;d=\"e;\\\"f\"\r\nhello\r\n000\r\nX-T: v\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n",
                "PROPFIND / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer\r\nAuthorization:\r\n\r\n",
            })
    void wellFormedRequestIsCompleteHoweverItIsCut(String request) {
        assertThat(whole(request)).isEqualTo(Progress.COMPLETE);
        assertThat(byteByByte(request)).isEqualTo(Progress.COMPLETE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: \r\n\r\n",
                "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a:\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: [::1]:\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: []\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: [1:2]\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: [zzzz]\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: [v1.x]\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: [fe80::1%25lo]\r\n\r\n",
                "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n",
                "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /  HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1 \r\nHost: a\r\n\r\n",
                "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.2\r\nHost: a\r\n\r\n",
                "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
                "GET / http/1.1\r\nHost: a\r\n\r\n",
                "GET /\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "GET * HTTP/1.1\r\nHost: a\r\n\r\n",
                "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET a.example:443 HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET @evil.example/ HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /%u000a HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /?q=% HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /[a] HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /\u00ff HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /\u0000 HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /a\nb HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /a\rb HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\nHost: a\n\n",
                "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX: b\rY: c\r\n\r\n",
                "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX@: b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX\u0000: b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX: b\u0000\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX: b\u0007\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX: b\u007f\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\nabc",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x3\r\n\r\nabc",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775808\r\n\r\nabc",
                "POST / HTTP/1.1\r\nHost: a\r\nContent_Length: 3\r\n\r\nabc",
                "POST / HTTP/1.1\r\nHost: a\r\nContent+Length: 3\r\n\r\nabc",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked,\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer.Encoding: chunked\r\n\r\n0\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\nContent-Type: c/d\r\n\r\n",
                "\u0016\u0003\u0001\u0002",
                "\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            })
    void whatTwoReadersCouldReadDifferentlyIsRefused(String request) {
        assertThat(whole(request)).isEqualTo(Progress.REFUSED);
        assertThat(byteByByte(request)).isEqualTo(Progress.REFUSED);
    }

    @ParameterizedTest
    @DisplayName("UPS-15 no chunk line of doubtful shape, and nothing behind it, is read on")
    @ValueSource(
            strings = {
                "5\nhello\r\n0\r\n\r\n",
                "2;\nxx\r\n0\r\n\r\n",
                "2;\r\nxx\r\n0\r\n\r\n",
                "1;a=\"\r\n0\r\n\r\nGET /identities/9 HTTP/1.1\r\nHost: a\r\n\r\n",
                "1;a=\"\\\r\nx\r\n0\r\n\r\n",
                "0x5\r\nhello\r\n0\r\n\r\n",
                "+5\r\nhello\r\n0\r\n\r\n",
                "-5\r\nhello\r\n0\r\n\r\n",
                " 5\r\nhello\r\n0\r\n\r\n",
                "5 \r\nhello\r\n0\r\n\r\n",
                "5 ;a\r\nhello\r\n0\r\n\r\n",
                "5_0\r\nhello\r\n0\r\n\r\n",
                "FFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n",
                "80000000\r\nhello\r\n0\r\n\r\n",
                "\r\nhello\r\n0\r\n\r\n",
                ";a=b\r\nhello\r\n0\r\n\r\n",
                "5\r\nhelloworld\r\n0\r\n\r\n",
                "5\r\nhello0\r\n\r\n",
                "5\r\nhello\n0\r\n\r\n",
                "5;a=\rb\r\nhello\r\n0\r\n\r\n",
                "0\r\nContent-Length: 3\r\n\r\n",
                "0\r\nHost: evil\r\n\r\n",
                "0\r\nTransfer-Encoding: chunked\r\n\r\n",
                "0\r\nX : y\r\n\r\n",
                "0\r\nX: y\n\r\n",
            })
    void ups15_doubtfulChunkIsRefused(String body) {
        String request = "POST /identities HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body;
        assertThat(whole(request)).isEqualTo(Progress.REFUSED);
        assertThat(byteByByte(request)).isEqualTo(Progress.REFUSED);
    }

    @Test
    void unknownAndTunnellingMethodsAreNotAllowed() {
        for (String method : List.of("CONNECT", "TRACE", "get", "MKCOLA", "-BLARGH")) {
            RequestFraming framing = read(method + " / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(framing.problem()).as(method).isEqualTo(ProblemCode.METHOD_NOT_ALLOWED);
        }
        assertThat(read("CONNECT evil.example:443 HTTP/1.1\r\n\r\n").problem())
                .isEqualTo(ProblemCode.METHOD_NOT_ALLOWED);
    }

    @Test
    @DisplayName("PATH-22 forward-auth is never told 400 or 405 for what its caller was asked")
    void path22_forwardAuthHearsEveryMethod() {
        String end = " HTTP/1.1\r\nHost: a\r\n\r\n";
        assertThat(whole("TRACE /base/forward-auth/x" + end)).isEqualTo(Progress.COMPLETE);
        assertThat(whole("FROB /base/forward-auth" + end)).isEqualTo(Progress.COMPLETE);
        assertThat(read("GET /base/forward-auth/%zz" + end).problem()).isEqualTo(ProblemCode.INSUFFICIENT_SCOPE);
        for (String head : List.of(
                "Host: a\r\n", "Host: a/b\r\n", "Expect: foo\r\n", "Content-Length: x\r\n", "No colon\r\n", "X: a\n")) {
            assertThat(read("POST /base/forward-auth HTTP/1.1\r\nHost: a\r\n" + head + "\r\n")
                            .problem())
                    .as(head)
                    .isEqualTo(ProblemCode.INSUFFICIENT_SCOPE);
        }
        assertThat(read("POST /base/forward-auth HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\n")
                        .problem())
                .isEqualTo(ProblemCode.INSUFFICIENT_SCOPE);
        assertThat(read("GET /base/forward-authx/%zz" + end).problem()).isEqualTo(ProblemCode.AMBIGUOUS_REQUEST);
        assertThat(read("TRACE /base/forward-authx" + end).problem()).isEqualTo(ProblemCode.METHOD_NOT_ALLOWED);
    }

    @Test
    void unknownExpectationFails() {
        assertThat(read("POST / HTTP/1.1\r\nHost: a\r\nExpect: foo\r\n\r\n").problem())
                .isEqualTo(ProblemCode.EXPECTATION_FAILED);
    }

    @Test
    @DisplayName("TOK-24 a head may be as large as the setting says, and one byte more is refused, complete or not")
    void tok24_headLimitIsExact() {
        String start = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
        String fits = start + "v".repeat(MAX_HEAD - start.length() - 2) + "\r\n\r\n";
        assertThat(whole(fits)).isEqualTo(Progress.COMPLETE);
        assertThat(byteByByte(fits)).isEqualTo(Progress.COMPLETE);

        String tooLarge = start + "v".repeat(MAX_HEAD - start.length() - 1) + "\r\n\r\n";
        assertThat(read(tooLarge).problem()).isEqualTo(ProblemCode.HEADERS_TOO_LARGE);
        assertThat(read(start + "v".repeat(MAX_HEAD)).problem()).isEqualTo(ProblemCode.HEADERS_TOO_LARGE);
        assertThat(byteByByte(tooLarge)).isEqualTo(Progress.REFUSED);
    }

    @Test
    void endlessTrailersAndExtensionsAreRefused() {
        String head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        assertThat(whole(head + "0\r\n" + "X: yyyyyyyyyyyyyy\r\n".repeat(2_000)))
                .isEqualTo(Progress.REFUSED);
        assertThat(whole(head + "1;aaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\nx\r\n".repeat(2_000)))
                .isEqualTo(Progress.REFUSED);
        assertThat(whole(head + "1\r\nx\r\n".repeat(20_000) + "0\r\n\r\n")).isEqualTo(Progress.COMPLETE);
    }

    @Test
    void stopsAtTheEndOfTheFirstRequest() {
        String first = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
        ByteBuf in = bytes(first + "GET /next HTTP/1.1\r\nHost: a\r\n\r\n");
        RequestFraming framing = framing();
        int end = framing.advance(in, 0);
        assertThat(end).isEqualTo(first.length());
        framing.next();
        assertThat(framing.advance(in, end)).isEqualTo(in.writerIndex());
        assertThat(progress(framing)).isEqualTo(Progress.COMPLETE);
        assertThat(framing.head().body().length()).isZero();
    }

    static RequestFraming read(String request) {
        RequestFraming framing = framing();
        framing.advance(bytes(request), 0);
        return framing;
    }

    private static RequestFraming framing() {
        return new RequestFraming(
                MAX_HEAD, new RequestHead(new Methods(List.of()), new ForwardAuthPath("/base/forward-auth")));
    }

    private enum Progress {
        MORE,
        COMPLETE,
        REFUSED
    }

    private static Progress progress(RequestFraming framing) {
        if (framing.problem() != null) {
            return Progress.REFUSED;
        }
        return framing.isComplete() ? Progress.COMPLETE : Progress.MORE;
    }

    private static Progress whole(String request) {
        return progress(read(request));
    }

    private static Progress byteByByte(String request) {
        RequestFraming framing = framing();
        ByteBuf all = bytes(request);
        ByteBuf in = Unpooled.buffer();
        int at = 0;
        while (all.isReadable() && progress(framing) == Progress.MORE) {
            in.writeByte(all.readByte());
            at = framing.advance(in, at);
        }
        return progress(framing);
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.wrappedBuffer(text.getBytes(ISO_8859_1));
    }
}
