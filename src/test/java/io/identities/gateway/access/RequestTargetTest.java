package io.identities.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.identities.gateway.access.RequestTarget.Ambiguity;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTargetTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/identities/1",
                "/identities/",
                "/favicon.ico",
                "/.well-known/jwks.json",
                "/a.b/c..d/...",
                "/na%20me",
                "/%E2%82%AC",
                "/%f0%9f%98%80",
                "/%C3%A9",
                "/-_~!$&'()*+,=:@",
                "/a?x=/../..;%2e%2e"
            })
    void pathIsPlain(String target) {
        RequestTarget judged = RequestTarget.of(target);
        assertThat(judged.ambiguity()).isNull();
        assertThat(judged.isPlain()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//",
                "//identities/1",
                "/a//b",
                "/identities/1;jsessionid=ABC",
                "/a;",
                "/a%2Fb",
                "/a%5cb",
                "/a%2eb",
                "/a%3Bb",
                "/100%25",
                "/%00",
                "/a%0d%0ab",
                "/%7f",
                "/%c2%85",
                "/%c0%a1",
                "/%e0%80%a1",
                "/%ed%a0%80",
                "/%f4%90%80%80",
                "/%f8%88%80%80%80",
                "/%ff",
                "/%80",
                "/%e2%82",
                "/%e2%82x",
                "/%e2%28%a1"
            })
    @DisplayName("PATH-07 a path with escaped or doubled separators is not plain, yet good for a token holder")
    void path07_pathIsNotPlainButUnambiguous(String target) {
        RequestTarget judged = RequestTarget.of(target);
        assertThat(judged.ambiguity()).isNull();
        assertThat(judged.isPlain()).isFalse();
        assertThat(judged.pathAndQuery()).isEqualTo(target);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/.",
                "/..",
                "/./a",
                "/a/../b",
                "/a/..",
                "/api/v1/authenticate/..%2f..%2f..%2fidentities",
                "/%2e%2e/%2E%2e/identities",
                "/.%2e/a",
                "/api/v1/authenticate/..;/..;/identities",
                "/..;a=b/x",
                "/..%3b/x",
                "/..%5cidentities",
                "/a%5c..",
                "/%252e%252e/identities",
                "/..%252f",
                "/%c0%ae%c0%ae/",
                "/%c0%2e%c0%2e/",
                "/..%c0%af",
                "/..%c1%9c",
                "/%e0%80%ae%e0%80%ae/",
                "/%f0%80%80%ae.",
                "/%f8%80%80%80%ae.",
                "/%fc%80%80%80%80%ae.",
                "/%2525/..%2f",
                "/%25%32%65%25%32%65/",
                "/%ef%bc%8e%ef%bc%8e/",
                "/..%ef%bc%8fa",
                "/..%ef%bc%bca",
                "/..%20/",
                "/%20../",
                "/..%00/a",
                "/.%00./a",
                "/%ff../a",
                "/..%09",
                "/a;%2f..%2fb",
                "/%25u002e%25u002e/a",
                "/%25uff0e."
            })
    @DisplayName("PATH-03 a dot segment in any spelling is ambiguous")
    void path03_dotSegmentIsAmbiguous(String target) {
        assertThat(RequestTarget.of(target).ambiguity()).isEqualTo(Ambiguity.DOT_SEGMENT);
        assertThat(RequestTarget.of(target).isPlain()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/a b", "/a\tb", "/a\nb", "/a\rb", "/a\u0000", "/a\u007f", "/a#b", "/a?b#c", "/a^b", "/a{b", "/a}b",
                "/a\"b", "/a\\b", "/a|b", "/a`b", "/a<b", "/a>b", "/a[b", "/a]b", "/a\u00ff", "/\u2028", "/a?b\u00ff",
                "/a?{", "/a?|", "/a?\\", "/a?^", "/a? "
            })
    @DisplayName("PATH-20, PATH-23 a character that a URI forbids is ambiguous")
    void path20_path23_forbiddenCharacterIsAmbiguous(String target) {
        assertThat(RequestTarget.of(target).ambiguity()).isEqualTo(Ambiguity.FORBIDDEN_CHARACTER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%", "/%2", "/%zz", "/%u002e", "/%2g", "/%%", "/a?%", "/a?b%2", "/a?%g0"})
    void incompleteEscapeIsAmbiguous(String target) {
        assertThat(RequestTarget.of(target).ambiguity()).isEqualTo(Ambiguity.MALFORMED_ESCAPE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "*", "identities", "@evil.example/", "http://evil.example/", "evil.example:443", "?a"})
    @DisplayName("PATH-23 a target in another form than the origin form is ambiguous")
    void path23_otherFormsAreAmbiguous(String target) {
        assertThat(RequestTarget.of(target).ambiguity()).isEqualTo(Ambiguity.NOT_ORIGIN_FORM);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/identities/na%20me?q=a%2Bb+c%25&q=&e",
                "/identities///7//x?u=http://h/p?q",
                "/identities?f=%7B%22a%22%3A1%7D",
                "/identities?",
                "/identities?a[]=1&b[c]=2",
                "//evil.example/identities"
            })
    @DisplayName("PATH-08 what goes on is what came in")
    void path08_targetStaysByteForByte(String target) {
        assertThat(RequestTarget.of(target).pathAndQuery()).isEqualTo(target);
    }

    @Test
    @DisplayName("PATH-01 the query is no part of the path; empty and absent differ")
    void path01_queryIsApart() {
        assertThat(RequestTarget.of("/a?b?c").rawPath()).isEqualTo("/a");
        assertThat(RequestTarget.of("/a?b?c").rawQuery()).isEqualTo("b?c");
        assertThat(RequestTarget.of("/a?").rawQuery()).isEmpty();
        assertThat(RequestTarget.of("/a").rawQuery()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "/identities/a/b?c=d, /a/b?c=d",
        "/identities, /",
        "/identities?x, /?x",
        "/identities?, /?",
        "/identities/, /",
        "/identities//evil.example/x, //evil.example/x"
    })
    void basePathIsTakenOffRaw(String target, String rest) {
        RequestTarget judged = RequestTarget.of(target, new BasePath("/identities"));
        assertThat(judged.isBelowBasePath()).isTrue();
        assertThat(judged.pathAndQuery()).isEqualTo(rest);
        assertThat(judged.rawPath()).isEqualTo(rest.replaceAll("\\?.*", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/other",
                "/identitiesx",
                "/IDENTITIES/a",
                "/identities;a/b",
                "/%69dentities/a",
                "//identities/a",
                "/identities%2fa"
            })
    void otherPathsLieOutsideTheBasePath(String target) {
        RequestTarget judged = RequestTarget.of(target, new BasePath("/identities"));
        assertThat(judged.isBelowBasePath()).isFalse();
        assertThat(judged.isAmbiguous()).isFalse();
    }

    @Test
    void ambiguityIsFoundOutsideTheBasePathToo() {
        RequestTarget judged = RequestTarget.of("/other/../identities/a", new BasePath("/identities"));
        assertThat(judged.isAmbiguous()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"identities", "/", "/identities/", "/a//b", "/a;b", "/a%20b", "/a/../b", "/a?b", "/a#b", "//"})
    void basePathMustBePlain(String basePath) {
        assertThatThrownBy(() -> new BasePath(basePath))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("identities.base-path")
                .hasMessageContaining("'" + basePath + "'");
    }

    @ParameterizedTest
    @CsvSource({
        "/, ''",
        "/api/v1/authenticate, /api/v1/authenticate",
        "/api/v1/authenticate/, /api/v1/authenticate",
        "/API/V1/authenticate, /api/v1/authenticate",
        "/api/v1/authenticate%20, /api/v1/authenticate",
        "/api/v1/authenticate%00, /api/v1/authenticate",
        "/api/v1/authenticat%65, /api/v1/authenticate",
        "/api/v1/authenticat%2565, /api/v1/authenticate",
        "/api/v1/authenticate;x=y, /api/v1/authenticate",
        "/api;a/v1;b/authenticate, /api/v1/authenticate",
        "/api%3ba/v1/authenticate, /api/v1/authenticate",
        "//api///v1//authenticate, /api/v1/authenticate",
        "/api%2fv1%5Cauthenticate, /api/v1/authenticate",
        "/api/v1/authenticate./., /api/v1/authenticate",
        "/api/v1/authenticate.json, /api/v1/authenticate.json",
        "/api/v1/authenticate/sso, /api/v1/authenticate/sso",
        "/%C3%84, /ä",
        "/%f0%9f%98%80, /😀",
        "/%c1%a1, /a"
    })
    @DisplayName("PATH-12 the loose reading joins all spellings")
    void path12_looseReading(String target, String reading) {
        RequestTarget judged = RequestTarget.of(target);
        if (judged.isAmbiguous()) {
            assertThat(LoosePath.reading(target)).isEqualTo(reading);
            return;
        }
        assertThat(judged.looseReading()).isEqualTo(reading);
        assertThat(judged.readsLoosely(reading)).isTrue();
        assertThat(judged.readsLoosely(reading + "x")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/authenticate%3f",
                "/api/v1/authenticate%3Fx=y",
                "/api/v1/authenticate%23x",
                "/api/v1/authenticate%00x",
                "/api/v1/authenticate%253f",
                "/;%2fapi/v1/authenticate"
            })
    @DisplayName("PATH-12 a reader that decodes first finds the path as well")
    void path12_readersThatDecodeFirst(String target) {
        RequestTarget judged = RequestTarget.of(target);
        assertThat(judged.isAmbiguous()).isFalse();
        assertThat(judged.readsLoosely("/api/v1/authenticate")).isTrue();
        assertThat(judged.readsLoosely("/api/v1")).isFalse();
    }

    @Property(tries = 300)
    void theLooseReadingIsOneOfTheReadings(
            @ForAll @StringLength(max = 12) @Chars({'.', '/', ';', 'a', '%', '2', '3', 'f', '5', 'C', 'b', '?'})
                    String text) {
        RequestTarget judged = RequestTarget.of("/" + text);
        if (!judged.isAmbiguous()) {
            assertThat(judged.readings()).doesNotHaveDuplicates().contains(judged.looseReading());
        }
    }

    @Property(tries = 300)
    void everySpellingOfADotSegmentIsFound(
            @ForAll @StringLength(max = 12) @Chars({'.', '/', ';', 'a', '%', '2', 'e', 'f', '5', 'c', 'C', '0'})
                    String text) {
        RequestTarget judged = RequestTarget.of("/" + text);
        if (!judged.isAmbiguous()) {
            assertThat(judged.looseReading().split("/", -1)).doesNotContain(".", "..");
        }
    }

    @Property(tries = 300)
    void readingLooselyNeedsNoSlowPathForPlainPaths(
            @ForAll @StringLength(max = 20) @CharRange(from = 'A', to = 'Z') @Chars({'/', '.', '-', 'a'}) String text) {
        RequestTarget judged = RequestTarget.of("/x" + text);
        if (!judged.isAmbiguous()) {
            assertThat(judged.readsLoosely(LoosePath.reading("/x" + text))).isTrue();
            assertThat(judged.looseReading()).isEqualTo(judged.looseReading().toLowerCase(Locale.ROOT));
        }
    }

    @Test
    void printsNothingOfTheTarget() {
        assertThat(RequestTarget.of("/secret?token=x").toString()).doesNotContain("secret", "token");
    }
}
