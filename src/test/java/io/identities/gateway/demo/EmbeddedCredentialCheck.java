package io.identities.gateway.demo;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;

import com.github.tomakehurst.wiremock.WireMockServer;
import java.net.URI;
import java.util.Map;

/** A credential check in style {@code json} that knows two users. */
public final class EmbeddedCredentialCheck implements AutoCloseable {

    private static final Map<String, String> PASSWORDS = Map.of("alice", "wonderland", "bob", "builder");

    private final WireMockServer server =
            new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());

    public EmbeddedCredentialCheck() {
        server.stubFor(
                post(urlEqualTo("/login")).atPriority(9).willReturn(aResponse().withStatus(401)));
        PASSWORDS.forEach((username, password) -> server.stubFor(post(urlEqualTo("/login"))
                .withRequestBody(equalToJson(
                        "{\"username\":\"" + username + "\",\"password\":\"" + password + "\"}", true, true))
                .willReturn(okJson("{\"username\":\"" + username + "\"}"))));
        server.start();
    }

    public URI uri() {
        return URI.create(server.baseUrl() + "/login");
    }

    public WireMockServer server() {
        return server;
    }

    @Override
    public void close() {
        server.stop();
    }
}
