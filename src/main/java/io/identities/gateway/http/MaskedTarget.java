package io.identities.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A request-target for a log. Masks the values of query and path parameters that are named like credentials, in any
 * spelling and also inside the value of another parameter (a return URL, JSON, GraphQL), and everything that looks like
 * a JWT.
 */
final class MaskedTarget {

    private static final String STARS = "***";

    /** Parts of a name, in lower case and without punctuation. */
    private static final Set<String> PARTS = Set.of(
            "token",
            "jwt",
            "passw",
            "passphrase",
            "secret",
            "apikey",
            "authorization",
            "assertion",
            "credential",
            "signature",
            "samlresponse",
            "session");

    private static final Set<String> WHOLE =
            Set.of("code", "pwd", "pw", "pass", "sig", "auth", "key", "otp", "pin", "bearer", "sid", "ticket");

    /** With a group for what follows the first part, without which it is none: so a long word is gone through once. */
    private static final Pattern JWT = Pattern.compile("eyJ[A-Za-z0-9_-]{4,}+((?:\\.|%2[eE])[A-Za-z0-9_.%-]*+)?");

    private static final Pattern PUNCTUATION = Pattern.compile("[^a-z0-9]+");
    private static final Pattern INNER_SEPARATOR = Pattern.compile("[?&;#]");
    private static final Pattern PATH_PARAMETER = Pattern.compile("(?<=;)[^;/]+");
    private static final Pattern SEPARATOR = Pattern.compile("(?<=[&;])|(?=[&;])");

    /** Of JSON. These two go through a text once, too. */
    private static final Pattern QUOTED_NAME = Pattern.compile("\"([^\"]*+)\"\\s*+:");

    /** Of an argument in GraphQL, or of JSON in a looser spelling. */
    private static final Pattern BARE_NAME = Pattern.compile("(?<![\\w.$-])([\\w.$-]++)['\\\\\\s]*+:");

    private MaskedTarget() {}

    static String of(String target) {
        int query = target.indexOf('?');
        String path = path(query < 0 ? target : target.substring(0, query));
        if (query < 0) {
            return path;
        }
        StringBuilder masked = new StringBuilder(target.length()).append(path).append('?');
        for (String part : SEPARATOR.split(target.substring(query + 1))) {
            masked.append(parameter(part));
        }
        return masked.toString();
    }

    private static String path(String path) {
        String masked = JWT.matcher(path).replaceAll(found -> found.group(1) == null ? found.group() : STARS);
        return masked.indexOf(';') < 0
                ? masked
                : PATH_PARAMETER
                        .matcher(masked)
                        .replaceAll(found -> Matcher.quoteReplacement(parameter(found.group())));
    }

    private static String parameter(String part) {
        int equals = part.indexOf('=');
        if (equals < 0) {
            return hidesSecret(decoded(part)) ? STARS : part;
        }
        boolean secret =
                isSecret(decoded(part.substring(0, equals))) || hidesSecret(decoded(part.substring(equals + 1)));
        return secret ? part.substring(0, equals + 1) + STARS : part;
    }

    private static boolean isSecret(String name) {
        String bare = PUNCTUATION.matcher(name.toLowerCase(Locale.ROOT)).replaceAll("");
        return WHOLE.contains(bare) || PARTS.stream().anyMatch(bare::contains);
    }

    private static boolean hidesSecret(String value) {
        return holdsJwt(value)
                || namesSecret(QUOTED_NAME, value)
                || value.indexOf('{') >= 0 && namesSecret(BARE_NAME, value)
                || INNER_SEPARATOR
                        .splitAsStream(value)
                        .filter(inner -> inner.indexOf('=') > 0)
                        .anyMatch(inner -> isSecret(inner.substring(0, inner.indexOf('='))));
    }

    private static boolean namesSecret(Pattern names, String value) {
        return names.matcher(value).results().anyMatch(name -> isSecret(name.group(1)));
    }

    /** In time linear in the length of {@code value}, whatever its content. */
    static boolean holdsJwt(CharSequence value) {
        return JWT.matcher(value).results().anyMatch(found -> found.group(1) != null);
    }

    /** Decodes twice, as some readers do; what cannot be decoded stays as it is. */
    private static String decoded(String text) {
        return text.indexOf('%') < 0 ? text : decodedOnce(decodedOnce(text));
    }

    private static String decodedOnce(String text) {
        try {
            return URLDecoder.decode(text, UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}
