package io.identities.gateway.token;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StrictJsonTest {

    @Test
    void readsEveryKindOfValue() {
        Map<String, Object> read = StrictJson.readObject(" {\"a\" : [1 ,-2.5E+3, 1e-2,0, -0, 123456789012345678901],"
                + "\t\"b\":{\"c\":{}, \"d\":[]},\r\n\"e\":true,\"f\":false,\"g\":null,\"h\":\"x\" } ");

        Map<String, Object> expected = new LinkedHashMap<>();
        expected.put(
                "a",
                List.of(
                        1L,
                        new BigDecimal("-2.5E+3"),
                        new BigDecimal("1e-2"),
                        0L,
                        0L,
                        new BigDecimal("123456789012345678901")));
        expected.put("b", Map.of("c", Map.of(), "d", List.of()));
        expected.put("e", true);
        expected.put("f", false);
        expected.put("g", null);
        expected.put("h", "x");
        assertThat(read).isEqualTo(expected);
    }

    @Test
    void readsEveryEscape() {
        assertThat(StrictJson.readObject(
                        "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u00C9\\ud83d\\ude00\ud83d\ude00\u2028 \ufffd\"}"))
                .isEqualTo(Map.of("a", "\"\\/\b\f\n\r\t\u00e9\u00c9\ud83d\ude00\ud83d\ude00\u2028 \ufffd"));
        assertThat(StrictJson.readObject("{\"a\":\"\ufffd\"}".getBytes(UTF_8))).isEqualTo(Map.of("a", "\ufffd"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "}",
                "[]",
                "1",
                "\"a\"",
                "null",
                "{}}",
                "{} x",
                "{,}",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{\"a\":1 \"b\":2}",
                "{a:1}",
                "{'a':1}",
                "{1:1}",
                "{\"a\":[}",
                "{\"a\":[1}",
                "{\"a\":[1,]}",
                "{\"a\":[,1]}",
                "{\"a\":[1",
                "{\"a\":01}",
                "{\"a\":+1}",
                "{\"a\":.5}",
                "{\"a\":1.}",
                "{\"a\":1e}",
                "{\"a\":1e+}",
                "{\"a\":1E-x}",
                "{\"a\":-}",
                "{\"a\":--1}",
                "{\"a\":0x1}",
                "{\"a\":NaN}",
                "{\"a\":tru}",
                "{\"a\":True}",
                "{\"a\":nul",
                "{\"a\":falsE}",
                "{\"a\":\"",
                "{\"a\":\"\\",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u12\"}",
                "{\"a\":\"\\u12g4\"}",
                "{\"a\":\"\\u\u0661\u0662\u0663\u0664\"}",
                "{\"a\":\"\n\"}",
                "{\"a\":\"\\n\u0001\"}",
                "{\"a\":\"\\ud800\"}",
                "{\"a\":\"\\udc00\"}",
                "{\"a\":\"\\ud800x\"}",
                "{\"a\":\"\\ud800\\ud800\"}",
                "{\"a\":\"x\\udc00\\ud800\"}",
                "{\"a\":1e9999999999}",
                "{\"a\":1e-9999999999}",
                "{\"a\":1,\"a\":1}",
                "{\"a\":1,\"\\u0061\":1}",
                "{\"b\":{\"a\":1,\"a\":1}}",
                "\ufeff{}",
                "{}\0",
                "{/**/}",
                "{\"a\":1}//",
                "{\"a\":1\f}"
            })
    void refusesEverythingElse(String text) {
        assertThat(StrictJson.readObject(text)).isNull();
    }

    @Test
    void refusesMalformedUtf8() {
        for (byte[] bad : List.of(
                new byte[] {(byte) 0xff},
                new byte[] {(byte) 0xc0, (byte) 0x80},
                new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
                new byte[] {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
                new byte[] {(byte) 0xe2, (byte) 0x82})) {
            byte[] json = "{\"a\":\"    \"}".getBytes(UTF_8);
            System.arraycopy(bad, 0, json, 6, bad.length);
            assertThat(StrictJson.readObject(json)).as(Arrays.toString(bad)).isNull();
        }
        assertThat(StrictJson.readObject("{\"a\":1}".getBytes(StandardCharsets.UTF_16LE)))
                .isNull();
    }

    @Test
    void boundsNestingAndNumbers() {
        String nested = "{\"a\":" + "[".repeat(31) + "]".repeat(31) + "}";
        assertThat(StrictJson.readObject(nested)).isNotNull();
        assertThat(StrictJson.readObject("{\"a\":" + "[".repeat(32) + "]".repeat(32) + "}"))
                .isNull();
        assertThat(StrictJson.readObject("{\"a\":".repeat(33) + "1" + "}".repeat(33)))
                .isNull();
        assertThat(StrictJson.readObject("{\"a\":" + "9".repeat(1000) + "}")).isNotNull();
        assertThat(StrictJson.readObject("{\"a\":" + "9".repeat(1001) + "}")).isNull();
        assertThat(StrictJson.readObject("{\"a\":0." + "9".repeat(1000) + "}")).isNull();
    }

    @Test
    void writesWhatItReads() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("text", "\"\\\n\u0000\u00e9\ud83d\ude00/");
        object.put("list", new ArrayList<>(Arrays.asList(1L, null, true, new BigDecimal("1.50"))));
        object.put("empty", List.of());
        object.put("object", Map.of());
        object.put("", null);

        assertThat(JsonText.of(object))
                .isEqualTo("{\"text\":\"\\\"\\\\\\u000a\\u0000\u00e9\\ud83d\\ude00/\",\"list\":[1,null,true,1.50],"
                        + "\"empty\":[],\"object\":{},\"\":null}");
        assertThat(StrictJson.readObject(JsonText.of(object))).isEqualTo(object);
    }

    @Test
    void digestsAreComparedInFull() {
        Digest digest = new Digest(1, 2, 3, 4);

        assertThat(digest)
                .isEqualTo(new Digest(1, 2, 3, 4))
                .hasSameHashCodeAs(new Digest(1, 9, 9, 9))
                .isNotEqualTo(new Digest(0, 2, 3, 4))
                .isNotEqualTo(new Digest(1, 0, 3, 4))
                .isNotEqualTo(new Digest(1, 2, 0, 4))
                .isNotEqualTo(new Digest(1, 2, 3, 0));
        assertThat(digest.equals(null)).isFalse();
        assertThat(Digest.of("a")).isEqualTo(Digest.of("a")).isNotEqualTo(Digest.of("b"));
    }

    @Test
    void datesEndWithTheYear9999() {
        assertThat(NumericDate.read(253_402_300_799L)).isNotNull();
        assertThat(NumericDate.read(253_402_300_800L)).isNull();
        assertThat(NumericDate.read(new BigDecimal("253402300799.9"))).isNotNull();
        assertThat(NumericDate.read(new BigDecimal("253402300800.0"))).isNull();
        assertThat(NumericDate.read(new BigDecimal("-0.5"))).isNull();
        assertThat(NumericDate.read(new BigDecimal("0.5"))).isEqualTo(Instant.ofEpochMilli(500));
        assertThat(NumericDate.read(new BigDecimal("1." + "0".repeat(41)))).isNull();
        assertThat(NumericDate.read("1")).isNull();
        assertThat(NumericDate.read(null)).isNull();
    }

    @Test
    void revocationsCoverWhatTheySay() {
        var now = Instant.now();
        AccessToken token = TokenFixtures.accessToken("alice", true, "t", "s", now, now);

        assertThat(new Revocation.OfSession("s", now).covers(token)).isTrue();
        assertThat(new Revocation.OfSession("x", now).covers(token)).isFalse();
        assertThat(new Revocation.OfToken("t", now).covers(token)).isTrue();
        assertThat(new Revocation.OfUser("alice", now, now).covers(token)).isTrue();
        assertThat(new Revocation.OfUser("bob", now, now).covers(token)).isFalse();
        assertThat(new Revocation.Superseded("s", now.plusSeconds(1), now, now).covers(token))
                .isTrue();
        assertThat(new Revocation.Superseded("s", now, now, now).covers(token)).isFalse();
        assertThat(new Revocation.Superseded("x", now.plusSeconds(1), now, now).covers(token))
                .isFalse();
    }
}
