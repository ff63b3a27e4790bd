package io.identities.gateway.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.util.Base64;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A leak that is planted is found; without that, finding none would say nothing. */
class SecretSearchTest {

    private static final String PASSWORD = "pä\"ss w&rd/+=ord";
    private static final String TOKEN = TestTokens.token().mint();

    private final SecretSearch search =
            new SecretSearch().secret("password", PASSWORD).token("token", TOKEN);

    static Stream<String> leaks() {
        return Stream.of(
                PASSWORD,
                "Authorization: Basic " + base64("alice:" + PASSWORD),
                "Authorization: Basic " + base64("bo:" + PASSWORD),
                "Authorization: Basic " + base64("carol:" + PASSWORD) + " and more",
                Base64.getUrlEncoder().encodeToString(PASSWORD.getBytes(UTF_8)),
                "password=" + URLEncoder.encode(PASSWORD, UTF_8),
                "password=" + URLEncoder.encode(PASSWORD, UTF_8).replace("+", "%20"),
                "{\"password\":\"p\\u00e4\\\"ss w&rd/+=ord\"}",
                HexFormat.of().formatHex(PASSWORD.getBytes(UTF_8)),
                "Bearer " + TOKEN,
                "signature " + TOKEN.substring(TOKEN.lastIndexOf('.') + 1),
                "claims " + TOKEN.split("\\.")[1]);
    }

    @ParameterizedTest
    @MethodSource("leaks")
    void plantedLeakIsFoundAndNotRepeated(String leak) {
        assertThat(search.hits("a log", "before " + leak + " after"))
                .isNotEmpty()
                .allSatisfy(hit -> assertThat(hit).contains("in a log").doesNotContain(PASSWORD, TOKEN));
    }

    @Test
    void whatIsNoSecretIsNotFound() {
        assertThat(search.hits("a log", "alice Basic Bearer " + TOKEN.split("\\.")[0] + " " + base64("alice:other")))
                .isEmpty();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }
}
