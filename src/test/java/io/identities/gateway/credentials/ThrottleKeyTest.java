package io.identities.gateway.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ThrottleKeyTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALICE SMITH",
                "  Alice Smith\u00a0",
                "alice  smith",
                "alice\u2003\u3000smith",
                "\uff41lice smith",
                "\u00e0lice smith",
                "a\u0300\u0301lice smith",
                "al\u200bice smith",
                "alice\u00ad smith",
                "\ufeffalice smith",
                "alice\ufe0f \u202esmith",
                "al\u0130ce smith"
            })
    @DisplayName("LOG-06 spellings that a directory or a database takes for one name share a counter")
    void log06_spellingsOfOneName(String spelling) {
        assertThat(ThrottleKey.user(spelling)).isEqualTo(ThrottleKey.user("alice smith"));
    }

    @ParameterizedTest
    @CsvSource({"alice,alicia", "alice smith,alicesmith", "\u0915\u093f,\u0915\u0940", "user.1,user-1", "\u03b1,\u03b2"
    })
    void differentNamesDoNot(String one, String other) {
        assertThat(ThrottleKey.user(one)).isNotEqualTo(ThrottleKey.user(other));
    }
}
