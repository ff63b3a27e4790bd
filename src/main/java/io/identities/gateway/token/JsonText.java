package io.identities.gateway.token;

import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes JSON values ({@code Map}, {@code Collection}, text, numbers, booleans, null) as compact text. */
final class JsonText {

    private static final HexFormat HEX = HexFormat.of();

    private final StringBuilder out = new StringBuilder(256);

    private JsonText() {}

    static String of(Map<String, ?> object) {
        JsonText json = new JsonText();
        json.value(object);
        return json.out.toString();
    }

    private void value(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            object(map);
        } else if (value instanceof Collection<?> elements) {
            array(elements);
        } else if (value == null || value instanceof Number || value instanceof Boolean) {
            out.append(value);
        } else {
            string(value.toString());
        }
    }

    private void object(Map<?, ?> map) {
        String separator = "{";
        for (Map.Entry<?, ?> member : map.entrySet()) {
            out.append(separator);
            string(String.valueOf(member.getKey()));
            out.append(':');
            value(member.getValue());
            separator = ",";
        }
        out.append(map.isEmpty() ? "{}" : "}");
    }

    private void array(Collection<?> elements) {
        String separator = "[";
        for (Object element : elements) {
            out.append(separator);
            value(element);
            separator = ",";
        }
        out.append(elements.isEmpty() ? "[]" : "]");
    }

    private void string(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20 || Character.isSurrogate(c)) {
                out.append("\\u").append(HEX.toHexDigits(c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
