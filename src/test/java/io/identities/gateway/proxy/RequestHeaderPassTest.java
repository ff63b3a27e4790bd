package io.identities.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.access.RequestTarget;
import io.identities.gateway.http.IdentityHeaders;
import io.identities.gateway.http.RequestContext;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.net.InetAddress;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestHeaderPassTest {

    private final RequestHeaderPass pass = new RequestHeaderPass(
            new IdentityHeaders("X-Auth-Username", "X-Auth-Roles", "X-Auth-Issuer"),
            new ForwardedHeaders(""),
            true,
            true,
            "backend",
            "X-Request-Id",
            "hop");

    @ParameterizedTest(name = "PATH-15 {0}")
    @ValueSource(strings = {"SCRIPT_NAME", "Script-Name", "PATH_INFO", "X-Script-Name"})
    @DisplayName("PATH-15 which part of the path is the application's, only a trusted proxy says")
    void path15_onlyATrustedProxyCutsThePath(String name) {
        assertThat(passed(name, "/identities", false).contains(name)).isFalse();
        assertThat(passed(name, "/identities", true).getAll(name)).containsExactly("/identities");
    }

    @ParameterizedTest(name = "PATH-15 {0}")
    @ValueSource(strings = {"X-Host", "X-HTTP-Host-Override", "X_Original_Host"})
    void path15_nobodySaysAnotherHostBesideHost(String name) {
        assertThat(passed(name, "evil.example", false).contains(name)).isFalse();
        assertThat(passed(name, "evil.example", true).contains(name)).isFalse();
    }

    @ParameterizedTest(name = "HDR-04 {0}")
    @ValueSource(
            strings = {
                "True-Client-IP",
                "CF-Connecting-IP",
                "Client-IP",
                "X-Client-IP",
                "X_Cluster_Client_IP",
                "WL-Proxy-Client-IP",
                "Fastly-Client-IP",
                "X-Original-Forwarded-For",
                "Forwarded-For",
                "X-Forwarded",
                "X-Scheme",
                "Front-End-Https"
            })
    @DisplayName("HDR-04 whatever backends read as the client's address or scheme, only a trusted proxy says")
    void hdr04_onlyATrustedProxySaysWhoTheClientIs(String name) {
        assertThat(passed(name, "6.6.6.6", false).contains(name)).isFalse();
        assertThat(passed(name, "6.6.6.6", true).getAll(name)).containsExactly("6.6.6.6");
    }

    private HttpHeaders passed(String name, String value, boolean trusted) {
        InetAddress peer = InetAddress.getLoopbackAddress();
        BackendCall call = new BackendCall(
                new RequestContext("id", peer, trusted, RequestTarget.of("/identities/admin")),
                AccessGrant.ANONYMOUS,
                HttpMethod.GET,
                peer,
                "http",
                -1,
                false,
                false,
                false,
                EmptyHttpHeaders.INSTANCE);
        HttpHeaders in = new DefaultHttpHeaders().set("Host", "gw").set(name, value);
        HttpHeaders out = new DefaultHttpHeaders();
        pass.apply(call, in, out);
        return out;
    }
}
