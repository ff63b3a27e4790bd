package io.identities.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class LoginBodyTest {

    @Property(tries = 500)
    void whateverIsWrittenIsReadBackTheSame(@ForAll String username, @ForAll String password) {
        assertThat(JsonReader.object(LoginBody.of(username, password.toCharArray())))
                .hasValueSatisfying(body -> assertThat(body)
                        .hasSize(2)
                        .containsEntry("username", username)
                        .containsEntry("password", password));
    }

    @Test
    void aPasswordWithHalfASurrogatePairDoesNotBecomeAnotherOne() {
        assertThat(new String(LoginBody.of("a", "\ud83dx\ude00\ud83d\ude00".toCharArray()), UTF_8))
                .isEqualTo("{\"username\":\"a\",\"password\":\"\\ud83dx\\ude00\ud83d\ude00\"}");
    }
}
