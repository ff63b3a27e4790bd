package io.identities.client;

import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;

/** A complete response of one of the gateway's own endpoints. Does not print its body. */
final class Answer {

    /** A longer wait is taken for a mistake of the server. */
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);

    private final int status;
    private final HttpHeaders headers;
    private final byte[] body;

    Answer(HttpResponse<byte[]> response) {
        this.status = response.statusCode();
        this.headers = response.headers();
        this.body = response.body();
    }

    int status() {
        return status;
    }

    Optional<String> header(String name) {
        return headers.firstValue(name);
    }

    /** The body as a JSON object; empty if it is anything else. */
    Optional<Map<String, Object>> object() {
        return JsonReader.object(body);
    }

    /**
     * {@code Retry-After} (RFC 9110, 10.2.3), as seconds or as a date; at most an hour; empty for a date in the past.
     */
    Optional<Duration> retryAfter(Instant now) {
        return header("Retry-After")
                .flatMap(value -> wait(value.trim(), now))
                .filter(wait -> !wait.isNegative() && !wait.isZero())
                .map(wait -> wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait);
    }

    @Override
    public String toString() {
        return "Answer[" + status + "]";
    }

    private static Optional<Duration> wait(String value, Instant now) {
        if (value.matches("[0-9]{1,9}")) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(value)));
        }
        try {
            Instant date = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return Optional.of(Duration.between(now, date));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
