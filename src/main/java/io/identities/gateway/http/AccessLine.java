package io.identities.gateway.http;

import io.identities.gateway.audit.EcsField;
import io.identities.gateway.audit.LogLine;
import io.identities.gateway.audit.LogText;
import io.identities.gateway.audit.SecurityEvent.Outcome;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Collects the notes of one request while it runs and writes the access log line at its end. */
final class AccessLine implements AccessNotes {

    private static final int MAX_TARGET = 1024;
    private static final String ANSWERED = "answered";
    private static final String FAILED = "failed";
    private static final String NOTHING = "-";

    private final long begun;
    private final @Nullable String target;
    private @Nullable String outcome;
    private @Nullable String reason;
    private @Nullable String user;
    private long backendNanos = -1;
    private long bytes = -1;
    private boolean brokenOff;

    /**
     * @param begun nanoseconds of a monotonic counter
     * @param target as it came in; null where it could not be read
     */
    AccessLine(long begun, @Nullable String target) {
        this.begun = begun;
        this.target = target;
    }

    /**
     * How a request ended.
     *
     * @param status null when the connection ended before a response
     * @param announcedBytes the response's {@code Content-Length}, -1 without one
     * @param cut whether the response, if any, is incomplete
     */
    record End(
            @Nullable String method,
            @Nullable Integer status,
            String client,
            String requestId,
            long announcedBytes,
            boolean cut) {}

    @Override
    public void decided(Outcome decision, String code, @Nullable String name) {
        outcome = decision.name().toLowerCase(Locale.ROOT);
        reason = code;
        user = name;
    }

    /** A refusal keeps the reason that was recorded with the decision. */
    @Override
    public void failedWith(ProblemCode code) {
        boolean passed = "accepted".equals(outcome);
        if (outcome == null || passed) {
            outcome = passed || code.status() >= 500 ? FAILED : "refused";
            reason = code.code();
        }
    }

    @Override
    public void backendAnswered(long nanos) {
        backendNanos = nanos;
    }

    @Override
    public void sent(int count) {
        bytes = Math.max(0, bytes) + count;
    }

    /** An error has ended the response after it had begun; an earlier error becomes a response of its own. */
    void brokenOff() {
        brokenOff = true;
    }

    boolean isBrokenOff() {
        return brokenOff;
    }

    /** Whether a body of that many bytes has been sent completely; false where the length is unknown (-1). */
    boolean hasSent(long length) {
        return length >= 0 && Math.max(0, bytes) >= length;
    }

    void write(LogLine line, End end, long now) {
        String result = outcome == null ? ANSWERED : outcome;
        line.say(end.method() == null ? NOTHING : end.method());
        line.say('"' + target(line) + '"');
        line.say(end.status() == null ? NOTHING : end.status().toString());
        line.say(result);
        line.member(EcsField.METHOD, end.method());
        line.member(EcsField.STATUS, end.status());
        line.member(EcsField.OUTCOME, result);
        line.add("reason", EcsField.REASON, reason);
        line.add("user", EcsField.USER, user);
        line.add("client", EcsField.CLIENT, end.client());
        line.add("request", EcsField.REQUEST_ID, end.requestId());
        addFigures(line, end, now);
        line.write();
    }

    private void addFigures(LogLine line, End end, long now) {
        line.addTime("total", EcsField.DURATION, now - begun);
        if (backendNanos >= 0) {
            line.addTime("backend", EcsField.BACKEND_DURATION, backendNanos);
        }
        long length = bytes < 0 ? end.announcedBytes() : bytes;
        if (length >= 0) {
            line.say("bytes=" + length);
            line.member(EcsField.BODY_BYTES, length);
        }
        if (end.cut()) {
            line.say("cut");
            line.member(EcsField.CUT, true);
        }
    }

    private String target(LogLine line) {
        if (target == null) {
            return NOTHING;
        }
        String masked = LogText.of(MaskedTarget.of(target), MAX_TARGET);
        int query = masked.indexOf('?');
        line.member(EcsField.PATH, query < 0 ? masked : masked.substring(0, query));
        line.member(EcsField.QUERY, query < 0 ? null : masked.substring(query + 1));
        return masked;
    }
}
