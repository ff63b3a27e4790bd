package io.identities.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.access.BasePath;
import io.identities.gateway.access.RequestTarget;
import io.identities.gateway.http.RequestContext;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    private HttpHeaders set(String peer, String host) {
        InetAddress address = NetUtil.createInetAddressFromIpAddressString(peer);
        RequestContext context = new RequestContext("id", address, false, RequestTarget.of("/", BasePath.NONE));
        Inbound call = new Inbound(
                context, Passage.ANONYMOUS, address, "http", -1, false, false, false, EmptyHttpHeaders.INSTANCE);
        HttpHeaders out = new DefaultHttpHeaders();
        forwarded.set(call, new DefaultHttpHeaders().set("Host", host), out);
        return out;
    }
}
