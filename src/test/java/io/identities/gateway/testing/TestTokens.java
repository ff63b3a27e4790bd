package io.identities.gateway.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.PrivateKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Mints any token, good or bad, with code that is not the gateway's. Starts from a good own token for {@code alice},
 * signed with {@link RunningGateway#SECRET}; everything can be changed.
 */
public final class TestTokens {

    /** The default of {@code identities.token.issuer}. */
    public static final String ISSUER = "identities-gateway";

    private final Map<String, String> header = new LinkedHashMap<>();
    private final Map<String, String> claims = new LinkedHashMap<>();
    private Object key = RunningGateway.SECRET.getBytes(UTF_8);
    private @Nullable String rawHeader;
    private @Nullable String rawClaims;

    private TestTokens() {}

    /** {@code alg HS256}, and {@code sub}, {@code iat}, {@code exp} (in five minutes), {@code iss}. */
    public static TestTokens token() {
        return tokenAt(Instant.now());
    }

    public static TestTokens tokenAt(Instant now) {
        long seconds = now.getEpochSecond();
        return new TestTokens()
                .header("alg", "HS256")
                .claim("sub", "alice")
                .claim("iat", seconds)
                .claim("exp", seconds + 300)
                .claim("iss", ISSUER);
    }

    /** A token as the gateway itself would mint it, renewable: with {@code sid}, {@code auth_time} and the like. */
    public static TestTokens sessionToken(Instant login, String sid) {
        return tokenAt(login)
                .header("typ", "JWT")
                .claim("unique_name", "alice")
                .claim("sid", sid)
                .claim("nbf", login.getEpochSecond())
                .claim("jti", "jti-of-" + sid)
                .claim("auth_time", login.getEpochSecond());
    }

    /** @param value text, number, boolean, or null for JSON's null */
    public TestTokens header(String name, @Nullable Object value) {
        header.put(name, json(value));
        return this;
    }

    /** @param json a JSON value, byte for byte */
    public TestTokens headerJson(String name, String json) {
        header.put(name, json);
        return this;
    }

    public TestTokens withoutHeader(String name) {
        header.remove(name);
        return this;
    }

    /** @param value text, number, boolean, or null for JSON's null */
    public TestTokens claim(String name, @Nullable Object value) {
        claims.put(name, json(value));
        return this;
    }

    /** @param json a JSON value, byte for byte */
    public TestTokens claimJson(String name, String json) {
        claims.put(name, json);
        return this;
    }

    public TestTokens withoutClaim(String name) {
        claims.remove(name);
        return this;
    }

    public TestTokens subject(String name) {
        claims.remove("unique_name");
        return claim("sub", name);
    }

    public TestTokens roles(String... roles) {
        return claimJson(
                "roles", Arrays.stream(roles).map(TestTokens::json).collect(Collectors.joining(",", "[", "]")));
    }

    /** The whole header, in place of what was collected. */
    public TestTokens rawHeader(String json) {
        rawHeader = json;
        return this;
    }

    /** The whole payload, in place of what was collected. */
    public TestTokens rawClaims(String json) {
        rawClaims = json;
        return this;
    }

    /** HS256, HS384 or HS512, as {@code alg} says. */
    public TestTokens signedWith(byte[] secret) {
        key = secret;
        return this;
    }

    public TestTokens signedWith(String secret) {
        return signedWith(secret.getBytes(UTF_8));
    }

    /** Sets {@code alg} as well. */
    public TestTokens signedWith(String alg, PrivateKey privateKey) {
        key = privateKey;
        return header("alg", alg);
    }

    /** The compact form, rightly signed whatever it says. */
    public String mint() {
        String input = base64(rawHeader == null ? object(header) : rawHeader) + "."
                + base64(rawClaims == null ? object(claims) : rawClaims);
        return sign(input);
    }

    /** The compact form with these bytes as payload, rightly signed. */
    public String mintWithPayload(byte[] payload) {
        return sign(base64(rawHeader == null ? object(header) : rawHeader) + "." + base64(payload));
    }

    /** The bearer header's value. */
    public String bearer() {
        return "Bearer " + mint();
    }

    private String sign(String input) {
        String alg = header.getOrDefault("alg", "\"HS256\"").replace("\"", "");
        String known = alg.matches("[HRPE]S(256|384|512)|EdDSA|Ed25519") ? alg : "HS256";
        return input + "." + base64(TestKeys.sign(known, key, input.getBytes(UTF_8)));
    }

    public static String base64(String text) {
        return base64(text.getBytes(UTF_8));
    }

    public static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String object(Map<String, String> members) {
        return members.entrySet().stream()
                .map(member -> json(member.getKey()) + ":" + member.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String json(@Nullable Object value) {
        if (!(value instanceof String text)) {
            return String.valueOf(value);
        }
        StringBuilder out = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c < 0x20 || c == '"' || c == '\\') {
                out.append(String.format("\\u%04x", c));
            } else {
                out.append((char) c);
            }
        });
        return out.append('"').toString();
    }
}
