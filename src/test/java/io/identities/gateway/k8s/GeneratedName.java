package io.identities.gateway.k8s;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** The suffix that kustomize gives to the name of a generated ConfigMap or Secret: another content, another name. */
final class GeneratedName {

    private static final ObjectMapper JSON = new ObjectMapper();

    private GeneratedName() {}

    static String of(Manifest generated) {
        Map<String, Object> hashed = new TreeMap<>();
        hashed.put("kind", generated.kind());
        // kustomize looks for the name where it is not, and so hashes none.
        hashed.put("name", "");
        hashed.put("data", new TreeMap<>(generated.mapAt("data")));
        if (generated.is("Secret")) {
            hashed.put("type", generated.content().get("type"));
        }
        return generated.name() + "-" + suffix(digest(goJson(hashed)));
    }

    /** Go's encoder also escapes what HTML would read. */
    private static String goJson(Map<String, Object> value) {
        try {
            return JSON.writeValueAsString(value)
                    .replace("<", "\\u003c")
                    .replace(">", "\\u003e")
                    .replace("&", "\\u0026");
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static String digest(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ten characters, those that could spell a bad word replaced. */
    private static String suffix(String hex) {
        StringBuilder suffix = new StringBuilder();
        for (char c : hex.substring(0, 10).toCharArray()) {
            int vowelOrDigit = "013ae".indexOf(c);
            suffix.append(vowelOrDigit < 0 ? c : "ghkmt".charAt(vowelOrDigit));
        }
        return suffix.toString();
    }
}
