package io.identities.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What of an answer's headers cannot be seen in HTTP/1.1, where the codec behind has its own rules. */
class ResponseHeaderPassTest {

    @Test
    @DisplayName("HDR-16 an answer that cannot have a body says nothing of its length, in HTTP/2 neither")
    void hdr16_noContentHasNoLength() {
        assertThat(passed(204, "Content-Length", "5")).isEmpty();
        assertThat(passed(200, "Content-Length", "5").get("Content-Length")).isEqualTo("5");
        assertThat(passed(304, "Content-Length", "5").get("Content-Length")).isEqualTo("5");
    }

    private static HttpHeaders passed(int status, String name, String value) {
        HttpHeaders out = new DefaultHttpHeaders();
        ResponseHeaderPass.apply(status, new DefaultHttpHeaders().add(name, value), out);
        return out;
    }
}
