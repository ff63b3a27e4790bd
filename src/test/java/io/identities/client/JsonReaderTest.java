package io.identities.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReaderTest {

    @Test
    void readsEveryKindOfValue() {
        assertThat(
                        read(
                                " {\"a\":\"x\\u00e9\\n\\\"\\/\\ud83d\\ude00\", \"b\":[1,-2.5e3,true,false,{}],\"c\":null,\"d\":{\"e\":[]}}\n"))
                .isEqualTo(Map.of(
                        "a",
                        "x\u00e9\n\"/\ud83d\ude00",
                        "b",
                        List.of(1.0, -2500.0, true, false, Map.of()),
                        "d",
                        Map.of("e", List.of())));
        assertThat(read("{}")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "[]",
                "\"a\"",
                "{",
                "{}{}",
                "{}x",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{,}",
                "{a:1}",
                "{'a':1}",
                "{\"a\":01}",
                "{\"a\":+1}",
                "{\"a\":1.}",
                "{\"a\":.5}",
                "{\"a\":NaN}",
                "{\"a\":tru}",
                "{\"a\":\"\u0001\"}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u12g4\"}",
                "{\"a\":\"\\u12\"}",
                "{\"a\":\"",
                "{\"a\":[1 2]}",
                "{\"a\":[1,]}",
                "{\"a\":[}",
                "{\"a\":1,\"a\":1}",
                "{\"a\":null,\"a\":1}",
                "{\"a\":1,\"\\u0061\":1}",
                "\ufeff{}",
                "{\"a\":1 /* no */}",
                "{\u00a0}"
            })
    void refusesWhatIsNotExactlyOneObject(String text) {
        assertThat(JsonReader.object(text.getBytes(UTF_8))).isEmpty();
    }

    @Test
    void refusesBrokenUtf8AndBottomlessNesting() {
        assertThat(JsonReader.object(new byte[] {'{', '"', (byte) 0xc3, '"', ':', '1', '}'}))
                .isEmpty();
        assertThat(JsonReader.object(("{\"a\":" + "[".repeat(60_000)).getBytes(UTF_8)))
                .isEmpty();
        assertThat(JsonReader.object(("{\"a\":" + "[".repeat(16) + "]".repeat(16) + "}").getBytes(UTF_8)))
                .isEmpty();
        assertThat(JsonReader.object(("{\"a\":" + "[".repeat(15) + "]".repeat(15) + "}").getBytes(UTF_8)))
                .isPresent();
    }

    private static Map<String, Object> read(String text) {
        return JsonReader.object(text.getBytes(UTF_8)).orElseThrow();
    }

    static Stream<Path> publicTestSuite() throws IOException {
        Path folder = Path.of(System.getProperty("test.vectors"), "json-test-suite");
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.getFileName().toString().matches("[yn]_.*\\.json")).toList().stream();
        }
    }

    /** Each document as the value of a member: {@code y_} is read, but for doubled members, and {@code n_} is not. */
    @ParameterizedTest
    @MethodSource("publicTestSuite")
    @EnabledIfSystemProperty(named = "test.vectors", matches = ".+")
    void agreesWithThePublicTestSuite(Path file) throws IOException {
        String name = file.getFileName().toString();
        byte[] document = Files.readAllBytes(file);
        byte[] member = new byte[document.length + 6];
        System.arraycopy("{\"v\":".getBytes(UTF_8), 0, member, 0, 5);
        System.arraycopy(document, 0, member, 5, document.length);
        member[member.length - 1] = '}';

        assertThat(JsonReader.object(member).isPresent())
                .isEqualTo(name.startsWith("y_") && !name.contains("duplicated_key"));
    }
}
