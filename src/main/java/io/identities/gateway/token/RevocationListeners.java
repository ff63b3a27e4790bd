package io.identities.gateway.token;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listeners to revocations. The failure of one is logged and does not affect the others. */
final class RevocationListeners {

    private static final Logger log = LoggerFactory.getLogger(RevocationListeners.class);

    private final List<Consumer<Revocation>> listeners = new CopyOnWriteArrayList<>();

    AutoCloseable add(Consumer<Revocation> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    void tell(Revocation revocation) {
        if (revocation instanceof Revocation.Superseded) {
            return;
        }
        for (Consumer<Revocation> listener : listeners) {
            try {
                listener.accept(revocation);
            } catch (RuntimeException | Error e) {
                log.warn("A listener failed on a revocation", e);
            }
        }
    }
}
