package io.identities.gateway.ops;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request as pasted text: method, target and the values of its {@code Authorization} headers; the rest, such as a
 * body, does not affect a decision. Prints without them.
 */
record RequestText(String method, String target, List<String> authorization) {

    RequestText {
        authorization = List.copyOf(authorization);
    }

    /** @return null for text that does not begin with a method and a target */
    static @Nullable RequestText parse(String text) {
        List<String> lines = text.strip().lines().toList();
        if (lines.isEmpty()) {
            return null;
        }
        String[] words = lines.get(0).strip().split(" +");
        if (words.length < 2 || words.length > 3 || !words[0].matches("[A-Za-z][A-Za-z-]*")) {
            return null;
        }
        List<String> authorization = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            if (line.isBlank()) {
                break;
            }
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).equalsIgnoreCase("authorization")) {
                authorization.add(line.substring(colon + 1).strip());
            }
        }
        return new RequestText(words[0], words[1], authorization);
    }

    @Override
    public String toString() {
        return "RequestText[method=" + method + "]";
    }
}
