package io.identities.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestHeaderPolicyTest {

    @ParameterizedTest(name = "HDR-04 {0}")
    @ValueSource(
            strings = {
                "X-Forwarded-For",
                "x_forwarded_for",
                "X.Forwarded.For",
                "X-Forwarded!For",
                "X~Forwarded+For",
                "Forwarded",
                "X|Real|IP"
            })
    void aSpellingThatCgiFoldsIsTheSameHeader(String name) {
        assertThat(RequestHeaderPolicy.of(name)).isEqualTo(RequestHeaderPolicy.FORWARDED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x-http2-scheme", "x-http2-stream-id", "X-HTTP2-Path", "X_HTTP2_Stream_Weight"})
    void notesOfTheHttp2CodecEndHere(String name) {
        assertThat(RequestHeaderPolicy.of(name)).isEqualTo(RequestHeaderPolicy.DROP);
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Forwarded-Fo", "XForwardedFor", "X-Http2", "Accept"})
    void othersPass(String name) {
        assertThat(RequestHeaderPolicy.of(name)).isNull();
    }

    @Test
    void recipeForNginxDeletesWhatIsDroppedHere() throws IOException {
        String application =
                Files.readString(Path.of("k8s/recipes/nginx/identities.conf")).split("location / \\{")[1];

        assertThat(RequestHeaderPolicy.OVERRIDES)
                .allSatisfy(
                        name -> assertThat(application).containsIgnoringCase("proxy_set_header " + name + " \"\";"));
    }
}
