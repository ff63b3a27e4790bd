package io.identities.gateway.token;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.identities.gateway.keys.KeyFixtures;
import io.identities.gateway.keys.SignatureAlgorithm;
import io.identities.gateway.keys.SigningKey;
import io.identities.gateway.keys.UnusableKeyException;
import io.identities.gateway.keys.VerificationKey;
import io.identities.gateway.keys.VerificationKeys;
import io.identities.gateway.testing.MutableClock;
import io.identities.gateway.testing.TestTokens;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Public test vectors from the folder that {@code -Dtest.vectors=…} names; skipped without it. They judge the
 * signature layer, by the code that requests go through, below the claims. The six vectors with an empty payload are
 * accepted there, as RFC 7515 has it, and refused where claims are read.
 */
class VectorsTest {

    /** Labels that upstream has wrong or leaves open; the README of the vectors gives the reasons. */
    private static final Set<Integer> SKIPPED = Set.of(367, 370);

    private static final Set<Integer> EITHER = Set.of(346, 347, 350, 351);
    private static final Set<Integer> INVALID_IN_TRUTH = Set.of(372, 373);

    private static final JsonMapper JSON = new JsonMapper();
    private static Path folder = Path.of("");

    @BeforeAll
    static void needsFolder() {
        String given = System.getProperty("test.vectors", "");
        assumeTrue(!given.isBlank(), "no -Dtest.vectors");
        folder = Path.of(given);
    }

    @Test
    void wycheproofSignatures() throws IOException {
        Map<String, Integer> counts = new TreeMap<>();
        List<String> wrong = new ArrayList<>();
        for (JsonNode group : read("wycheproof/json_web_signature_test.json").get("testGroups")) {
            JsonNode key = group.has("public") ? group.get("public") : group.get("private");
            for (JsonNode test : group.get("tests")) {
                int id = test.get("tcId").asInt();
                boolean accepted = accepts(key, test.get("jws").asString());
                boolean valid = test.get("result").asString().equals("valid") && !INVALID_IN_TRUTH.contains(id);
                String kind =
                        SKIPPED.contains(id) ? "skip" : EITHER.contains(id) ? "either" : valid ? "accept" : "refuse";
                counts.merge(kind, 1, Integer::sum);
                if (!SKIPPED.contains(id) && !EITHER.contains(id) && accepted != valid) {
                    wrong.add(id + " " + test.get("comment").asString() + ": accepted=" + accepted);
                }
            }
        }
        report("wycheproof json_web_signature", counts);
        assertThat(wrong).isEmpty();
        assertThat(counts).isEqualTo(Map.of("accept", 40, "refuse", 355, "either", 4, "skip", 2));
    }

    @Test
    void wycheproofKeys() throws IOException {
        Map<String, Integer> counts = new TreeMap<>();
        List<String> wrong = new ArrayList<>();
        for (JsonNode group : read("wycheproof/json_web_key_test.json").get("testGroups")) {
            JsonNode key = group.has("public") ? group.get("public") : group.get("private");
            for (JsonNode test : group.get("tests")) {
                boolean valid = test.get("result").asString().equals("valid");
                counts.merge(valid ? "accept" : "refuse", 1, Integer::sum);
                if (accepts(key, test.get("jws").asString()) != valid) {
                    wrong.add(test.get("tcId") + " " + test.get("comment").asString());
                }
            }
        }
        report("wycheproof json_web_key", counts);
        assertThat(wrong).isEmpty();
        assertThat(counts).isEqualTo(Map.of("accept", 5, "refuse", 21));
    }

    @Test
    void encryptedTokensAreNeverAccepted() throws IOException {
        int count = 0;
        for (String file : List.of("json_web_encryption_test.json", "json_web_crypto_test.json")) {
            for (JsonNode group : read("wycheproof/" + file).get("testGroups")) {
                for (JsonNode test : group.get("tests")) {
                    if (test.has("jwe") && test.get("jwe").isString()) {
                        assertThat(CompactJws.parse(test.get("jwe").asString())).isNull();
                        count++;
                    }
                }
            }
        }
        report("wycheproof JWE", Map.of("refuse", count));
        assertThat(count).isGreaterThan(100);
    }

    @Test
    void joseCookbook() throws IOException {
        Map<String, Integer> counts = new TreeMap<>();
        Set<String> good = Set.of("4_1", "4_2", "4_3", "4_4", "jws.json");
        try (Stream<Path> files = Files.walk(folder.resolve("jose-cookbook"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".json")).toList()) {
                JsonNode example = JSON.readTree(Files.readString(file));
                JsonNode compact = example.path("output").path("compact");
                if (!compact.isString()) {
                    continue;
                }
                String name = String.valueOf(file.getFileName());
                boolean expected = good.stream().anyMatch(name::startsWith)
                        && !file.toString().contains("jwe");
                JsonNode key = example.path("input").path("key");
                boolean accepted = key.isObject() && accepts(withAlg(key, example), compact.asString());
                assertThat(accepted).as(file.toString()).isEqualTo(expected);
                counts.merge(expected ? "accept" : "refuse", 1, Integer::sum);
            }
        }
        report("jose-cookbook", counts);
        assertThat(counts.get("accept")).isEqualTo(5);
        assertThat(counts.get("refuse")).isGreaterThan(10);
    }

    @Test
    void jwtVerifyLib() throws IOException {
        Map<String, Integer> counts = new TreeMap<>();
        for (String name : List.of("ec", "hmac", "okp", "pem", "rsa")) {
            String text = Files.readString(folder.resolve("jwt_verify_lib/jwks_" + name + ".txt"));
            String jwt = between(text, "jwt: \"", "\"");
            CompactJws jws = CompactJws.parse(jwt);
            assertThat(jws).as(name).isNotNull();
            long verifying = keysOneByOne(text).stream()
                    .flatMap(keys -> keys.all().stream())
                    .filter(key ->
                            key.algorithm() == JoseHeader.parse(jws.header()).algorithm())
                    .filter(jws::isSignedBy)
                    .count();
            assertThat(verifying)
                    .as(name)
                    .isEqualTo(
                            switch (name) {
                                case "ec", "okp" -> 2;
                                default -> 1;
                            });
            boolean hasExpiry =
                    Objects.requireNonNull(StrictJson.readObject(jws.payload())).containsKey("exp");
            assertThat(hasExpiry).as(name).isEqualTo(name.equals("hmac") || name.equals("rsa"));
            counts.merge(name, Math.toIntExact(verifying), Integer::sum);
        }
        report("jwt_verify_lib, verifying keys", counts);
    }

    @Test
    void jwtVerifyLibCertificate() throws Exception {
        String text = Files.readString(folder.resolve("jwt_verify_lib/jwks_x509.txt"));
        CompactJws jws = Objects.requireNonNull(CompactJws.parse(between(text, "jwt: \"", "\"")));
        String kid = Objects.requireNonNull(JoseHeader.parse(jws.header()).keyId());
        String pem = JSON.readTree(between(text, "jwks: '", "'").replace("\\\\n", "\\n"))
                .get(kid)
                .asString();
        PublicKey key = CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(pem.getBytes(UTF_8)))
                .getPublicKey();
        assertThat(jws.isSignedBy(VerificationKey.of(kid, SignatureAlgorithm.RS256, key)))
                .isTrue();
        Object expiry =
                Objects.requireNonNull(StrictJson.readObject(jws.payload())).get("exp");
        assertThat(String.valueOf(expiry)).as("long over").startsWith("1578451706");
        report("jwt_verify_lib, verifying certificates", Map.of("x509", 1));
    }

    @Test
    void knownSecretsNeitherSignNorVerify() throws IOException {
        int tooShort = 0;
        int refused = 0;
        MutableClock clock = MutableClock.startingNow();
        TokenVerifier verifier = TokenFixtures.verifier(clock);
        List<String> secrets = Stream.of(
                        new String(Files.readAllBytes(folder.resolve("jwt-secrets/jwt.secrets.list")), UTF_8)
                                .split("\r?\n"))
                .distinct()
                .toList();
        for (String secret : secrets) {
            byte[] bytes = secret.getBytes(UTF_8);
            assertThatThrownBy(() -> SigningKey.hmac("k", SignatureAlgorithm.HS256, bytes))
                    .as(secret)
                    .isInstanceOf(UnusableKeyException.class);
            if (bytes.length < 32) {
                tooShort++;
            } else {
                refused++;
                String forged = TestTokens.token().signedWith(bytes).mint();
                assertThat(verifier.verifyAtOnce(new BearerToken(forged)))
                        .isEqualTo(new TokenVerification.Rejected(TokenProblem.BAD_SIGNATURE));
            }
        }
        report("jwt-secrets", Map.of("too short", tooShort, "long enough and refused", refused));
        assertThat(refused).isGreaterThan(1800);
    }

    @Test
    void jsonTestSuite() throws IOException {
        Map<String, Integer> counts = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder.resolve("json-test-suite/test_parsing"))) {
            for (Path file : files.toList()) {
                String name = String.valueOf(file.getFileName());
                byte[] bytes = Files.readAllBytes(file);
                boolean bare = StrictJson.readObject(bytes) != null;
                boolean wrapped = StrictJson.readObject(wrapped(bytes)) != null;
                if (name.startsWith("n_")) {
                    assertThat(bare).as(name).isFalse();
                } else if (name.startsWith("y_") && !name.contains("duplicated_key")) {
                    assertThat(wrapped).as(name).isTrue();
                }
                counts.merge(name.substring(0, 1), 1, Integer::sum);
            }
        }
        report("json-test-suite", counts);
        assertThat(counts).isEqualTo(Map.of("y", 95, "n", 188, "i", 35));
    }

    private static byte[] wrapped(byte[] value) {
        byte[] out = new byte[value.length + 6];
        System.arraycopy("{\"v\":".getBytes(UTF_8), 0, out, 0, 5);
        System.arraycopy(value, 0, out, 5, value.length);
        out[out.length - 1] = '}';
        return out;
    }

    private static JsonNode withAlg(JsonNode key, JsonNode example) {
        String alg = example.path("input").path("alg").asString("");
        ObjectNode bound = (ObjectNode) key.deepCopy();
        if (!alg.isEmpty()) {
            bound.put("alg", alg);
        }
        return bound;
    }

    /** As the verifier does it: parse, read the header, choose the key, check the signature. */
    private static boolean accepts(JsonNode key, String jwt) {
        VerificationKeys keys;
        try {
            keys = KeyFixtures.verifiersOf(key.path("kid").asString("k"), key.toString());
        } catch (UnusableKeyException e) {
            return false;
        }
        CompactJws jws = CompactJws.parse(jwt);
        JoseHeader header = jws == null ? null : JoseHeader.parse(jws.header());
        if (header == null || header.problem() != null) {
            return false;
        }
        List<VerificationKey> candidates = keys.candidates(header.keyId(), header.algorithm());
        return candidates.stream().anyMatch(jws::isSignedBy);
    }

    private static List<VerificationKeys> keysOneByOne(String text) throws IOException {
        if (text.contains("BEGIN PUBLIC KEY")) {
            String pem = text.substring(text.indexOf("-----BEGIN"), text.indexOf("-----END PUBLIC KEY-----"))
                            .replace("\\n", "\n")
                    + "-----END PUBLIC KEY-----\n";
            return List.of(KeyFixtures.verifiersOfPem("k", pem));
        }
        List<VerificationKeys> all = new ArrayList<>();
        for (JsonNode key : JSON.readTree(between(text, "jwks: '", "'")).get("keys")) {
            try {
                all.add(KeyFixtures.verifiersOf(key.path("kid").asString("k"), key.toString()));
            } catch (UnusableKeyException e) {
                report("a key of the set is refused: " + e.getMessage(), Map.of());
            }
        }
        return all;
    }

    private static String between(String text, String before, String after) {
        int start = text.indexOf(before) + before.length();
        return text.substring(start, text.indexOf(after, start));
    }

    private static JsonNode read(String file) throws IOException {
        return JSON.readTree(Files.readString(folder.resolve(file)));
    }

    private static void report(String what, Map<String, Integer> counts) {
        System.out.println("Vectors " + what + ": " + counts);
    }
}
