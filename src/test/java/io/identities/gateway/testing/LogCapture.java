package io.identities.gateway.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What a logger and those below it write, at every level, until closed. */
public final class LogCapture implements AutoCloseable {

    private final Logger logger;
    private final Level before;
    private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            events.add(event);
        }
    };

    private LogCapture(String name, boolean atEveryLevel) {
        logger = (Logger) LoggerFactory.getLogger(name);
        before = logger.getLevel();
        if (atEveryLevel) {
            logger.setLevel(Level.TRACE);
        }
        appender.start();
        logger.addAppender(appender);
    }

    public static LogCapture of(Class<?> type) {
        return new LogCapture(type.getName(), true);
    }

    /** @param name of a logger, for example a package */
    public static LogCapture of(String name) {
        return new LogCapture(name, true);
    }

    /** All loggers, at the levels that are set. */
    public static LogCapture ofEverything() {
        return new LogCapture(org.slf4j.Logger.ROOT_LOGGER_NAME, false);
    }

    /** Everything that any format could show of an event: message, arguments, pairs, context, failure and its causes. */
    public List<String> lines() {
        return events.stream()
                .map(event -> event.getLevel() + " " + event.getLoggerName() + " " + event.getFormattedMessage()
                        + " " + Arrays.toString(event.getArgumentArray()) + " " + event.getKeyValuePairs() + " "
                        + event.getMDCPropertyMap() + " " + ThrowableProxyUtil.asString(event.getThrowableProxy()))
                .toList();
    }

    /** Formatted messages of all levels. */
    public List<String> messages() {
        return events.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    /** Formatted messages of level WARN. */
    public List<String> warnings() {
        return events.stream()
                .filter(event -> event.getLevel() == Level.WARN)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    @Override
    public void close() {
        logger.detachAppender(appender);
        logger.setLevel(before);
        appender.stop();
    }
}
