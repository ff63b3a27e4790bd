package io.identities.gateway.keys;

import io.identities.gateway.audit.LogText;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Setting {@code identities.trusted-issuers}.
 *
 * @param trustedIssuers issuers other than this gateway whose tokens are accepted
 */
@ConfigurationProperties("identities")
record TrustedIssuerSettings(@DefaultValue List<Issuer> trustedIssuers) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    TrustedIssuerSettings {
        trustedIssuers = List.copyOf(trustedIssuers);
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < trustedIssuers.size(); i++) {
            Issuer issuer = trustedIssuers.get(i);
            issuer.check("identities.trusted-issuers[" + i + "].");
            if (!seen.add("iss " + issuer.issuer()) || !seen.add("name " + issuer.name())) {
                throw new IllegalArgumentException("identities.trusted-issuers[" + i
                        + "]: found the issuer or the name \"" + issuer.name() + "\" twice, expected each once");
            }
        }
    }

    /**
     * One trusted issuer.
     *
     * @param issuer the iss of its tokens, exactly
     * @param name short name for usernames, logs and metrics
     * @param jwksUri address of its JWK set, http or https
     * @param audience values of which aud must hold one; by default any audience is accepted
     * @param algorithms accepted signature algorithms; never HMAC
     * @param usernameClaim the claim that holds the username
     * @param usernamePrefix prefix of its usernames; by default the name and a colon
     * @param rolesClaim a claim, or a JSON pointer into the claims, with an array or a blank-separated list of roles
     * @param requiredClaims claims that its tokens must have besides the obligatory ones
     */
    record Issuer(
            @Nullable String issuer,
            @Nullable String name,
            @Nullable URI jwksUri,
            @Nullable List<String> audience,
            @DefaultValue({"RS256", "ES256", "EdDSA"}) List<String> algorithms,
            @DefaultValue("sub") String usernameClaim,
            @Nullable String usernamePrefix,
            @Nullable String rolesClaim,
            @DefaultValue Set<String> requiredClaims) {

        /** Empty where any audience will do. */
        List<String> audiences() {
            return audience == null ? List.of() : audience;
        }

        Set<SignatureAlgorithm> signatureAlgorithms() {
            return algorithms.stream()
                    .map(name -> SignatureAlgorithm.ofSetting("identities.trusted-issuers.algorithms", name))
                    .collect(Collectors.toUnmodifiableSet());
        }

        String prefix() {
            return usernamePrefix == null ? name + ":" : usernamePrefix;
        }

        private void check(String property) {
            if (issuer == null || issuer.isEmpty() || !issuer.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
                throw bad(property + "issuer", issuer, "the iss of its tokens, visible ASCII without blanks");
            }
            if (name == null || !NAME.matcher(name).matches()) {
                throw bad(property + "name", name, "1 to 64 letters, digits, dots, underscores or hyphens");
            }
            if (!isHttp(jwksUri)) {
                throw bad(
                        property + "jwks-uri",
                        shown(jwksUri),
                        "an absolute http or https URI without user or fragment, with a port of 1 to 65535 if any");
            }
            if (audience != null && (audience.isEmpty() || audience.stream().anyMatch(String::isBlank))) {
                throw bad(property + "audience", "", "at least one value, or no such setting where any will do");
            }
            if (rolesClaim != null && rolesClaim.isBlank()) {
                throw bad(property + "roles-claim", rolesClaim, "the name of a claim, or a JSON pointer to one");
            }
            if (usernameClaim.isBlank()) {
                throw bad(property + "username-claim", usernameClaim, "the name of a claim");
            }
            if (!isPrefix(prefix())) {
                throw bad(
                        property + "username-prefix",
                        usernamePrefix,
                        "text that does not begin with a blank, without control characters");
            }
            checkAlgorithms(property + "algorithms");
        }

        private void checkAlgorithms(String property) {
            for (String algorithm : algorithms) {
                if (SignatureAlgorithm.ofSetting(property, algorithm).family() == SignatureAlgorithm.Family.HMAC) {
                    throw bad(property, algorithm, "algorithms with public keys only");
                }
            }
            if (algorithms.isEmpty()) {
                throw bad(property, null, "at least one algorithm, or no such setting");
            }
        }

        // With any other prefix no username would be valid.
        private static boolean isPrefix(String text) {
            int first = text.isEmpty() ? '.' : text.codePointAt(0);
            return !Character.isWhitespace(first)
                    && !Character.isSpaceChar(first)
                    && text.chars().noneMatch(Character::isISOControl);
        }

        private static boolean isHttp(@Nullable URI uri) {
            return uri != null
                    && ("https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getUserInfo() == null
                    && uri.getFragment() == null
                    && uri.getPort() != 0
                    && uri.getPort() <= 65_535;
        }

        private static @Nullable String shown(@Nullable URI uri) {
            return uri == null ? null : LogText.address(uri.toString());
        }

        private static IllegalArgumentException bad(String property, @Nullable Object found, String expected) {
            String what = found == null ? "nothing" : "\"" + found + "\"";
            return new IllegalArgumentException(property + ": found " + what + ", expected " + expected);
        }
    }
}
