package io.identities.gateway.audit;

import org.jspecify.annotations.Nullable;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One log line in two forms: words for people, and for structured formats the same as members of their own (names of
 * {@link EcsField}). Untrusted text is made safe here.
 */
public final class LogLine {

    private final StringBuilder text = new StringBuilder(200);
    private LoggingEventBuilder event;

    public LogLine(LoggingEventBuilder event) {
        this.event = event;
    }

    /** @param words trusted ones, after a blank */
    public void say(String words) {
        if (!text.isEmpty()) {
            text.append(' ');
        }
        text.append(words);
    }

    /** {@code name=value} in words, and a member; nothing for null. */
    public void add(String name, String member, @Nullable String value) {
        if (value != null) {
            String safe = LogText.of(value);
            say(name + '=' + LogText.quoted(safe));
            member(member, safe);
        }
    }

    /** {@code name=12.3ms} in words, nanoseconds in the member. */
    public void addTime(String name, String member, long nanos) {
        long tenths = nanos / 100_000;
        say(name + '=' + tenths / 10 + '.' + tenths % 10 + "ms");
        member(member, nanos);
    }

    /** For structured formats only; nothing for null. */
    public void member(String name, @Nullable Object value) {
        if (value != null) {
            event = event.addKeyValue(name, value);
        }
    }

    public void write() {
        event.log(text.toString());
    }
}
