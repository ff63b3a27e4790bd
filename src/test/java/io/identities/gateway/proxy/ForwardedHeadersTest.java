package io.identities.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.access.BasePath;
import io.identities.gateway.access.RequestTarget;
import io.identities.gateway.http.RequestContext;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardedHeadersTest {

    private final ForwardedHeaders forwarded = new ForwardedHeaders("");

    @ParameterizedTest(name = "HDR-04 Host: {0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "gw|gw",
                "my_gw.example|my_gw.example",
                "gw:8080|\"gw:8080\"",
                "[::1]|\"[::1]\"",
                "gw;for=6.6.6.6|\"gw;for=6.6.6.6\"",
                "gw,for=6.6.6.6|\"gw,for=6.6.6.6\"",
                "a(b)|\"a(b)\""
            })
    void aHostCannotSayMoreThanAHost(String host, String said) {
        assertThat(set("192.0.2.1", host).get("Forwarded")).isEqualTo("for=192.0.2.1;host=" + said + ";proto=http");
    }

    @Test
    void ipv6AddressesAreWrittenAsRfc5952Says() {
        HttpHeaders out = set("2001:db8:0:0:0:0:0:1", "gw");
        assertThat(out.get("X-Forwarded-For")).isEqualTo("2001:db8::1");
        assertThat(out.get("X-Real-IP")).isEqualTo("2001:db8::1");
        assertThat(out.get("Forwarded")).isEqualTo("for=\"[2001:db8::1]\";host=gw;proto=http");
    }

    @ParameterizedTest(name = "HDR-04 X-Forwarded-Proto: {0}, Host: {1}, X-Forwarded-Host: {2}")
    @CsvSource({
        "https, app.example, , 443, app.example, https",
        "HTTPS, app.example, , 443, app.example, HTTPS",
        "http, app.example, , 80, app.example, http",
        "https, app.example:8443, , 8443, '\"app.example:8443\"', https",
        "https, gw:8080, app.example, 443, app.example, https",
        "https, gw:8080, app.example:9443, 9443, '\"app.example:9443\"', https",
        "https, gw, 'app.example, inner:8080', 443, app.example, https",
        "'https, http', app.example, , 443, app.example, https",
        ", app.example, , 80, app.example, http",
        "https, '[2001:db8::2]', , 443, '\"[2001:db8::2]\"', https"
    })
    void whatATrustedProxyLeavesUnsaidFollowsFromWhatItSays(
            String proto, String host, String forwardedHost, String port, String saidHost, String saidProto) {
        HttpHeaders in = new DefaultHttpHeaders().set("Host", host).set("X-Forwarded-For", "203.0.113.9");
        if (proto != null) {
            in.set("X-Forwarded-Proto", proto);
        }
        if (forwardedHost != null) {
            in.set("X-Forwarded-Host", forwardedHost);
        }
        HttpHeaders out = fromTrusted(in);
        assertThat(out.getAll("X-Forwarded-Port")).containsExactly(port);
        assertThat(out.getAll("Forwarded"))
                .containsExactly("for=203.0.113.9;host=" + saidHost + ";proto=" + saidProto + ", for=10.0.0.1");
        assertThat(out.getAll("X-Forwarded-Proto")).containsExactly(proto == null ? "http" : proto);
        assertThat(out.getAll("X-Forwarded-Host")).containsExactly(forwardedHost == null ? host : forwardedHost);
        assertThat(out.getAll("X-Forwarded-For")).containsExactly("203.0.113.9, 10.0.0.1");
    }

    @Test
    void whatATrustedProxySaysStays() {
        HttpHeaders out = fromTrusted(new DefaultHttpHeaders()
                .set("Host", "app.example")
                .set("X-Forwarded-For", "203.0.113.9")
                .set("X-Forwarded-Proto", "https")
                .set("X-Forwarded-Port", "4443")
                .set("Forwarded", "for=203.0.113.9;proto=https"));
        assertThat(out.get("X-Forwarded-Port")).isEqualTo("4443");
        assertThat(out.get("Forwarded"))
                .isEqualTo("for=203.0.113.9;proto=https, for=10.0.0.1;host=app.example;proto=http");
    }

    @ParameterizedTest(name = "X-Forwarded-For: {0}, Forwarded: {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "203.0.113.9|for=203.0.113.9",
                "203.0.113.9|For=\"203.0.113.9:4711\";HOST=App.example;proto=HTTPS;by=_edge",
                "203.0.113.9:4711|for=203.0.113.9 ; host=\"app.example\"",
                "203.0.113.9|, for=203.0.113.9;ext=\"a,b;c\\\"d=e\",",
                "192.0.2.1, 203.0.113.9|for=192.0.2.1;proto=https, for=203.0.113.9;proto=http",
                "2001:DB8::9|for=\"[2001:db8::9]:4711\"",
                "|for=192.0.2.66;host=other.example"
            })
    void hdr04_forwardedThatOtherHeadersBearOutStays(String forwardedFor, String forwarded) {
        assertThat(fromTrusted(said(forwardedFor, forwarded)).getAll("Forwarded"))
                .containsExactly(forwarded + ", for=10.0.0.1;host=app.example;proto=http");
    }

    @ParameterizedTest(name = "X-Forwarded-For: {0}, Forwarded: {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "203.0.113.9|for=127.0.0.1",
                "203.0.113.9|for=127.0.0.1, for=203.0.113.9",
                "203.0.113.9|host=app.example",
                "192.0.2.1, 203.0.113.9|for=203.0.113.9",
                "203.0.113.9|for=203.0.113.9;host=evil.example",
                "203.0.113.9|for=203.0.113.9;host=evil.example;host=app.example",
                "203.0.113.9|host=\"evil.example\", for=203.0.113.9;host=app.example",
                "203.0.113.9|for=203.0.113.9;proto=http",
                "203.0.113.9|for=203.0.113.9;x=\"a",
                "203.0.113.9|for=203.0.113.9;x=\"a\"host=evil.example",
                "203.0.113.9|for=203.0.113.9;x=\"a\\",
                "203.0.113.9|for=203.0.113.9;evil"
            })
    void hdr04_forwardedThatAProxyOnlyPassesOnIsMadeAnew(String forwardedFor, String forwarded) {
        HttpHeaders out = fromTrusted(said(forwardedFor, forwarded));
        assertThat(out.getAll("Forwarded"))
                .containsExactly("for=203.0.113.9;host=app.example;proto=https, for=10.0.0.1");
        assertThat(out.getAll("X-Forwarded-For")).containsExactly(forwardedFor + ", 10.0.0.1");
    }

    @ParameterizedTest
    @CsvSource({"'', /a, /a", "'', /, /", "/gw, /a, /a/gw", "/gw, /a/, /a/gw", "/gw, /, /gw", "/gw, , /gw"})
    void thePrefixOfATrustedProxyComesBeforeOurs(String basePath, String given, String prefix) {
        HttpHeaders in = new DefaultHttpHeaders().set("Host", "gw");
        if (given != null) {
            in.set("X-Forwarded-Prefix", given);
        }
        assertThat(set(new ForwardedHeaders(basePath), "10.0.0.1", "10.0.0.1", in)
                        .get("X-Forwarded-Prefix"))
                .isEqualTo(prefix);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a\"b", "a\\b", "\u00e9"})
    void whatNoQuotesCanHoldIsLeftOutOfForwarded(String host) {
        HttpHeaders in = new DefaultHttpHeaders().set("Host", "gw").set("X-Forwarded-Host", host);
        assertThat(fromTrusted(in).get("Forwarded")).isEqualTo("for=203.0.113.9;proto=http, for=10.0.0.1");
    }

    private static HttpHeaders said(String forwardedFor, String forwarded) {
        HttpHeaders in = new DefaultHttpHeaders().set("Host", "app.example").set("X-Forwarded-Proto", "https");
        if (forwardedFor != null) {
            in.set("X-Forwarded-For", forwardedFor);
        }
        return in.set("Forwarded", forwarded);
    }

    private HttpHeaders set(String peer, String host) {
        InetAddress address = NetUtil.createInetAddressFromIpAddressString(peer);
        return set(forwarded, address, address, false, new DefaultHttpHeaders().set("Host", host));
    }

    private HttpHeaders fromTrusted(HttpHeaders in) {
        return set(forwarded, "10.0.0.1", "203.0.113.9", in);
    }

    private static HttpHeaders set(ForwardedHeaders forwarded, String peer, String client, HttpHeaders in) {
        return set(
                forwarded,
                NetUtil.createInetAddressFromIpAddressString(peer),
                NetUtil.createInetAddressFromIpAddressString(client),
                true,
                in);
    }

    private static HttpHeaders set(
            ForwardedHeaders forwarded, InetAddress peer, InetAddress client, boolean trusted, HttpHeaders in) {
        RequestContext context = new RequestContext("id", client, trusted, RequestTarget.of("/", BasePath.NONE));
        BackendCall call = new BackendCall(
                context,
                AccessGrant.ANONYMOUS,
                HttpMethod.GET,
                peer,
                "http",
                -1,
                false,
                false,
                false,
                EmptyHttpHeaders.INSTANCE);
        HttpHeaders out = new DefaultHttpHeaders();
        forwarded.set(call, in, out);
        return out;
    }
}
