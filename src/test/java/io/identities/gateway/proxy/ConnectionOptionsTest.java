package io.identities.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectionOptionsTest {

    @ParameterizedTest(name = "Connection: {0} names {1}: {2}")
    @CsvSource({
        "'keep-alive, X-A', x-a, true",
        "X-A, X_A, true",
        "'X-A,,  X-B', X.B, true",
        "X-A, X-AB, false",
        "close, X-A, false",
        "keep-alive, keep-alive, false"
    })
    void headersAreNamedInAnySpelling(String connection, String header, boolean named) {
        assertThat(of(connection).name(header)).isEqualTo(named);
    }

    @Test
    @DisplayName("a head full of options costs each of its headers one look, not one for each option")
    void manyOptionsAreNotGoneThrough() {
        String many = IntStream.range(1_000, 3_000).mapToObj(i -> "x" + i).collect(Collectors.joining(","));
        CountedName header = new CountedName("y1000");
        assertThat(of(many).name(header)).isFalse();
        assertThat(header.reads).isLessThan(100);
    }

    private static ConnectionOptions of(String connection) {
        return ConnectionOptions.of(new DefaultHttpHeaders().set("Connection", connection));
    }

    /** A header name that counts how often one of its characters is looked at. */
    private static final class CountedName implements CharSequence {

        private final String name;
        private int reads;

        CountedName(String name) {
            this.name = name;
        }

        @Override
        public int length() {
            return name.length();
        }

        @Override
        public char charAt(int index) {
            reads++;
            return name.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return name.subSequence(start, end);
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
