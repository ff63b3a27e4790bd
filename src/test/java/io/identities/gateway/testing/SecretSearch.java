package io.identities.gateway.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Looks for the very values of secrets in any text, in every form in which something careless could write them. */
public final class SecretSearch {

    private static final int SHORTEST = 6;

    /** What to look for, and what it is called when it is found. */
    private final Map<String, String> forms = new LinkedHashMap<>();

    /** A secret as it is, percent-encoded, in JSON, hexadecimal, and in Base64 wherever it stands in a longer text. */
    public SecretSearch secret(String name, String value) {
        look(name, value);
        String percent = URLEncoder.encode(value, UTF_8);
        look(name + " percent-encoded", percent);
        look(name + " percent-encoded", percent.replace("+", "%20"));
        look(name + " in JSON", inJson(value));
        look(name + " hexadecimal", HexFormat.of().formatHex(value.getBytes(UTF_8)));
        for (int before = 0; before < 3; before++) {
            String encoded = inBase64(value.getBytes(UTF_8), before);
            look(name + " in Base64", encoded);
            look(name + " in Base64", encoded.replace('+', '-').replace('/', '_'));
        }
        return this;
    }

    /** A compact token: its signature and its claims, each alone; a whole one holds both. */
    public SecretSearch token(String name, String compact) {
        String[] parts = compact.split("\\.");
        look(name + ": claims", parts[1]);
        look(name + ": signature", parts[2]);
        return this;
    }

    /** One line for each secret that stands in {@code text}; never the secret itself. */
    public List<String> hits(String place, String text) {
        List<String> hits = new ArrayList<>();
        forms.forEach((form, name) -> {
            int at = text.indexOf(form);
            if (at >= 0) {
                hits.add(name + " in " + place + ": " + text.substring(Math.max(0, at - 160), at) + "***");
            }
        });
        return hits;
    }

    private void look(String name, String form) {
        if (form.length() < SHORTEST) {
            throw new IllegalArgumentException(name + " is too short to be looked for");
        }
        forms.putIfAbsent(form, name);
    }

    /** Those characters that are the same whatever stands around {@code bytes}. */
    private static String inBase64(byte[] bytes, int before) {
        byte[] shifted = new byte[before + bytes.length];
        System.arraycopy(bytes, 0, shifted, before, bytes.length);
        String encoded = Base64.getEncoder().withoutPadding().encodeToString(shifted);
        return encoded.substring((before * 8 + 5) / 6, shifted.length * 8 / 6);
    }

    private static String inJson(String value) {
        StringBuilder out = new StringBuilder();
        value.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                out.append('\\').append((char) c);
            } else if (c < ' ' || c > '~') {
                out.append(String.format("\\u%04x", c));
            } else {
                out.append((char) c);
            }
        });
        return out.toString();
    }
}
