package io.identities.client;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** The problem details of a response; values that are not safe for a log line are left out. */
record Problem(OptionalInt status, Optional<String> code, Optional<String> requestId) {

    static final Problem NONE = new Problem(OptionalInt.empty(), Optional.empty(), Optional.empty());

    private static final Pattern CODE = Pattern.compile("[a-z0-9_]{1,64}");
    private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    static Problem of(Answer answer) {
        Map<String, Object> body = answer.object().orElse(Map.of());
        Optional<String> id = text(body, "requestId", REQUEST_ID);
        return new Problem(
                OptionalInt.of(answer.status()),
                text(body, "code", CODE),
                id.isPresent() ? id : answer.header("X-Request-Id").filter(REQUEST_ID.asMatchPredicate()));
    }

    /** Formatted as the end of a sentence. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        status.ifPresent(value -> text.append(", status ").append(value));
        code.ifPresent(value -> text.append(", code ").append(value));
        requestId.ifPresent(value -> text.append(", request id ").append(value));
        return text.isEmpty() ? "" : " (" + text.substring(2) + ")";
    }

    private static Optional<String> text(Map<String, Object> body, String member, Pattern shape) {
        return body.get(member) instanceof String value && shape.matcher(value).matches()
                ? Optional.of(value)
                : Optional.empty();
    }
}
