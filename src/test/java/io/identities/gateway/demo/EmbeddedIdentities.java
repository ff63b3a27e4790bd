package io.identities.gateway.demo;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static java.util.stream.Collectors.toMap;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.common.Json;
import com.github.tomakehurst.wiremock.extension.ResponseDefinitionTransformerV2;
import com.github.tomakehurst.wiremock.http.HttpHeader;
import com.github.tomakehurst.wiremock.http.Request;
import com.github.tomakehurst.wiremock.http.ResponseDefinition;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import java.net.URI;
import java.util.Map;
import java.util.TreeMap;

/** A small "identities" backend: people, face publishing and look-up, and an echo of the headers it got. */
public final class EmbeddedIdentities implements AutoCloseable {

    private final WireMockServer server = new WireMockServer(options()
            .bindAddress("127.0.0.1")
            .dynamicPort()
            .disableRequestJournal()
            .extensions(new HeaderEcho(), new BodySize()));

    public EmbeddedIdentities() {
        server.stubFor(get(urlPathEqualTo("/api/v1/people"))
                .willReturn(okJson("{\"people\":[{\"id\":1,\"name\":\"Alice\"},{\"id\":2,\"name\":\"Bob\"}]}")));
        server.stubFor(post(urlPathEqualTo("/api/v1/faceEdge/publish"))
                .willReturn(aResponse().withTransformers(BodySize.NAME)));
        server.stubFor(post(urlPathEqualTo("/api/v1/faceEdge/lookup"))
                .willReturn(aResponse().withTransformers(BodySize.NAME)));
        server.stubFor(
                any(urlPathEqualTo("/api/v1/echo")).willReturn(aResponse().withTransformers(HeaderEcho.NAME)));
        server.start();
    }

    public URI uri() {
        return URI.create(server.baseUrl());
    }

    @Override
    public void close() {
        server.stop();
    }

    private static ResponseDefinition json(Map<String, ?> body) {
        return okJson(Json.write(body)).build();
    }

    private static final class HeaderEcho implements ResponseDefinitionTransformerV2 {

        static final String NAME = "header-echo";

        @Override
        public ResponseDefinition transform(ServeEvent event) {
            Request request = event.getRequest();
            Map<String, String> headers = request.getHeaders().all().stream()
                    .collect(toMap(
                            HttpHeader::key,
                            header -> String.join(", ", header.values()),
                            (first, second) -> first + ", " + second,
                            TreeMap::new));
            return json(Map.of("method", request.getMethod().value(), "url", request.getUrl(), "headers", headers));
        }

        @Override
        public boolean applyGlobally() {
            return false;
        }

        @Override
        public String getName() {
            return NAME;
        }
    }

    private static final class BodySize implements ResponseDefinitionTransformerV2 {

        static final String NAME = "body-size";

        @Override
        public ResponseDefinition transform(ServeEvent event) {
            return json(Map.of("received", event.getRequest().getBody().length));
        }

        @Override
        public boolean applyGlobally() {
            return false;
        }

        @Override
        public String getName() {
            return NAME;
        }
    }
}
