package io.identities.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.testing.TestTokens;
import java.net.URLEncoder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MaskedTargetTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "token",
                "access_token",
                "id_token",
                "refresh_token",
                "jwt",
                "JWT",
                "Access-Token",
                "accessToken",
                "password",
                "passwd",
                "secret",
                "client_secret",
                "code",
                "api_key",
                "apikey",
                "X-Amz-Signature",
                "SAMLResponse",
                "user[password]",
                "jsessionid",
                "sid",
                "ticket",
                "%74oken",
                "t%256fken",
                "%zztoken",
                "token%5B%5D"
            })
    @DisplayName("OPS-15 the value of a parameter that is named like a credential is stars, in any spelling")
    void ops15_secretNames(String name) {
        assertThat(MaskedTarget.of("/identities?a=1&" + name + "=SECRET123&b=2"))
                .isEqualTo("/identities?a=1&" + name + "=***&b=2");
        assertThat(MaskedTarget.of("/identities?" + name + "=SECRET123;b=2"))
                .isEqualTo("/identities?" + name + "=***;b=2");
        assertThat(MaskedTarget.of("/identities;" + name + "=SECRET123;b=2/1;$a?b=2"))
                .isEqualTo("/identities;" + name + "=***;b=2/1;$a?b=2");
    }

    @ParameterizedTest
    @CsvSource({
        "/identities, /identities",
        "/identities?, /identities?",
        "/a?page=2&sort=name, /a?page=2&sort=name",
        "/a?encode=1&keys=3, /a?encode=1&keys=3",
        "/a?&&x=1&, /a?&&x=1&",
        "/token/code?x=1, /token/code?x=1",
        "/a;page=2;/b;?x=1, /a;page=2;/b;?x=1",
        "/a;b/token=1, /a;b/token=1"
    })
    void whatIsNoSecretStaysAsItIs(String target, String logged) {
        assertThat(MaskedTarget.of(target)).isEqualTo(logged);
    }

    @Test
    @DisplayName("OPS-15 a secret inside the value of another parameter is hidden with it")
    void ops15_nested() {
        assertThat(MaskedTarget.of("/a?back=https%3A%2F%2Fx.example%2F%3Ftoken%3DSECRET123&b=2"))
                .isEqualTo("/a?back=***&b=2");
        assertThat(MaskedTarget.of("/a?back=%252Fx%253Faccess_token%253DSECRET123"))
                .isEqualTo("/a?back=***");
        assertThat(MaskedTarget.of("/a?back=/x?token=SECRET123")).isEqualTo("/a?back=***");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"password\":\"SECRET123\"}",
                "{\"user\":\"a\",\"newPassword\" : \"SECRET123\"}",
                "{\"input\":{\"name\":\"a\",\"pin\":123}}",
                "{\"json\":\"{\\\"client_secret\\\":\\\"SECRET123\\\"}\"}",
                "{'password':'SECRET123'}",
                "mutation{login(username:\"a\",password:\"SECRET123\"){id}}",
                "[{\"otp\":1}]"
            })
    @DisplayName("OPS-15 a secret in JSON or GraphQL is hidden with the parameter that holds it")
    void ops15_json(String json) {
        String once = URLEncoder.encode(json, UTF_8);

        assertThat(MaskedTarget.of("/graphql?a=1&variables=" + once + "&b=2"))
                .isEqualTo("/graphql?a=1&variables=***&b=2");
        assertThat(MaskedTarget.of("/graphql?variables=" + URLEncoder.encode(once, UTF_8)))
                .isEqualTo("/graphql?variables=***");
        assertThat(MaskedTarget.of("/graphql?" + once)).isEqualTo("/graphql?***");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sort=code:asc",
                "at=12:30",
                "back=https%3A%2F%2Fx.example%2Fkey",
                "filter=%7B%22name%22%3A%22password%22%7D",
                "query=%7Bpeople(name%3A%22a%22)%7Bid%7D%7D"
            })
    void colonThatFollowsNoNameOfASecretHidesNothing(String query) {
        assertThat(MaskedTarget.of("/a?" + query)).isEqualTo("/a?" + query);
    }

    @Test
    @DisplayName("OPS-15 what looks like a JWT is hidden wherever it stands")
    void ops15_jwtAnywhere() {
        String jwt = TestTokens.token().mint();

        assertThat(MaskedTarget.of("/reset/" + jwt + "/done")).isEqualTo("/reset/***/done");
        assertThat(MaskedTarget.of("/a?" + jwt)).isEqualTo("/a?***");
        assertThat(MaskedTarget.of("/a?x=" + jwt + "&y=1")).isEqualTo("/a?x=***&y=1");
        assertThat(MaskedTarget.of("/a/" + jwt.replace(".", "%2E"))).isEqualTo("/a/***");
    }

    @Test
    @DisplayName("OPS-15 a long target without a JWT is gone through once, however often one seems to begin")
    void ops15_lookingForAJwtIsLinear() {
        CountedReads begun = new CountedReads("eyJ".repeat(5_000));

        assertThat(MaskedTarget.holdsJwt(begun)).isFalse();
        assertThat(begun.reads).isLessThan(10 * begun.length());
        assertThat(MaskedTarget.of("/" + begun.text)).isEqualTo("/" + begun.text);
        assertThat(MaskedTarget.holdsJwt(begun.text + "." + begun.text)).isTrue();
    }

    private static final class CountedReads implements CharSequence {

        private final String text;
        private int reads;

        CountedReads(String text) {
            this.text = text;
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            reads++;
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
