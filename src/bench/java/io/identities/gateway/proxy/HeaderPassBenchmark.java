package io.identities.gateway.proxy;

import io.identities.gateway.access.RequestTarget;
import io.identities.gateway.http.IdentityHeaders;
import io.identities.gateway.http.RequestContext;
import io.identities.gateway.token.TokenFixtures;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What the one pass over a request's headers costs: a lean client's, a browser's, a forger's. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class HeaderPassBenchmark {

    @Param({"lean", "browser", "forged"})
    public String client;

    private RequestHeaderPass pass;
    private BackendCall call;
    private HttpHeaders in;

    @Setup
    public void build() {
        InetAddress peer = InetAddress.getLoopbackAddress();
        pass = new RequestHeaderPass(
                new IdentityHeaders("X-Auth-Username", "X-Auth-Roles", "X-Auth-Issuer"),
                new ForwardedHeaders(""),
                true,
                true,
                "backend:8080",
                "X-Request-Id",
                "0123456789abcdef");
        call = new BackendCall(
                new RequestContext("request-1", peer, false, RequestTarget.of("/api/v1/data?page=2")),
                new AccessGrant(TokenFixtures.accessToken("alice", "user", "reader"), null),
                HttpMethod.GET,
                peer,
                "http",
                -1,
                false,
                false,
                false,
                EmptyHttpHeaders.INSTANCE);
        in = headers();
    }

    @Benchmark
    public HttpHeaders request() {
        HttpHeaders out = new DefaultHttpHeaders();
        pass.apply(call, in, out);
        return out;
    }

    private HttpHeaders headers() {
        HttpHeaders headers = new DefaultHttpHeaders()
                .add("Host", "gateway.local")
                .add("Authorization", "Bearer " + "x".repeat(400));
        if (!client.equals("lean")) {
            headers.add("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0")
                    .add("Accept", "application/json, text/plain, */*")
                    .add("Accept-Language", "en-GB,en;q=0.7,de;q=0.3")
                    .add("Accept-Encoding", "gzip, deflate, br, zstd")
                    .add("Referer", "https://app.example.org/people?page=1")
                    .add("Cookie", "theme=dark; consent=1")
                    .add("DNT", "1")
                    .add("Connection", "keep-alive")
                    .add("Sec-Fetch-Dest", "empty")
                    .add("Sec-Fetch-Mode", "cors")
                    .add("Sec-Fetch-Site", "same-origin");
        }
        if (client.equals("forged")) {
            headers.add("X_Auth_Username", "root")
                    .add("x.auth.roles", "admin")
                    .add("X-Forwarded-For", "10.0.0.1")
                    .add("X-Original-URL", "/admin")
                    .set("Connection", "close, X-Auth-Username, Authorization");
        }
        return headers;
    }
}
