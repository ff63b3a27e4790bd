package io.identities.gateway.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggerContextListener;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/**
 * Until {@link #end}, the threads of the warm-up log errors only: their start lines would look like this gateway's.
 * {@code end} also removes the listeners that the second gateway has added to the logging system, which would keep it
 * in memory.
 */
final class WarmUpSilence {

    /** The prefix of the names of all warm-up threads. */
    static final String THREADS = "warm-up";

    private final @Nullable LoggerContext context;
    private final TurboFilter filter = new QuietThreads();
    private final List<LoggerContextListener> listeners;

    private WarmUpSilence(@Nullable LoggerContext context) {
        this.context = context;
        this.listeners = context == null ? List.of() : context.getCopyOfListenerList();
        if (context != null) {
            filter.start();
            // Before the filter that counts log lines.
            context.getTurboFilterList().add(0, filter);
        }
    }

    static WarmUpSilence begin() {
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        return new WarmUpSilence(factory instanceof LoggerContext context ? context : null);
    }

    void end() {
        if (context == null) {
            return;
        }
        context.getTurboFilterList().remove(filter);
        for (LoggerContextListener listener : context.getCopyOfListenerList()) {
            if (!listeners.contains(listener)) {
                context.removeListener(listener);
            }
        }
    }

    private static final class QuietThreads extends TurboFilter {

        @Override
        public FilterReply decide(
                @Nullable Marker marker,
                Logger logger,
                Level level,
                @Nullable String format,
                Object @Nullable [] arguments,
                @Nullable Throwable error) {
            boolean quiet = level.levelInt < Level.ERROR_INT
                    && Thread.currentThread().getName().startsWith(THREADS);
            return quiet ? FilterReply.DENY : FilterReply.NEUTRAL;
        }
    }
}
