package io.identities.gateway.audit;

import org.jspecify.annotations.Nullable;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One log line in two forms: text, and separate fields ({@link EcsField}) for structured formats. Escapes untrusted
 * text.
 */
public final class LogLine {

    private final StringBuilder text = new StringBuilder(200);
    private LoggingEventBuilder event;

    public LogLine(LoggingEventBuilder event) {
        this.event = event;
    }

    /** @param words trusted text, appended after a blank */
    public void say(String words) {
        if (!text.isEmpty()) {
            text.append(' ');
        }
        text.append(words);
    }

    /** {@code name=value} in the text, and a field; nothing for null. */
    public void add(String name, String member, @Nullable String value) {
        if (value != null) {
            String safe = LogText.of(value);
            say(name + '=' + LogText.quoted(safe));
            member(member, safe);
        }
    }

    /** {@code name=12.3ms} in the text, nanoseconds in the field. */
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
