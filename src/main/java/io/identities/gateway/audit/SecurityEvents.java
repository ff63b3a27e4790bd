package io.identities.gateway.audit;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes {@link SecurityEvent}s to listeners. The failure of a listener is logged and does not affect the request.
 */
public final class SecurityEvents {

    private static final Logger log = LoggerFactory.getLogger(SecurityEvents.class);

    private final Listener[] listeners;

    public SecurityEvents(List<Listener> listeners) {
        this.listeners = listeners.toArray(Listener[]::new);
    }

    /** Called in the publisher's thread, often an event loop: must not block. */
    @FunctionalInterface
    public interface Listener {
        void onEvent(SecurityEvent event);
    }

    public void publish(SecurityEvent event) {
        for (Listener listener : listeners) {
            try {
                listener.onEvent(event);
            } catch (RuntimeException e) {
                log.warn(
                        "Listener {} failed on a security event",
                        listener.getClass().getName(),
                        e);
            }
        }
    }
}
