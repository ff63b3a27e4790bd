package io.identities.gateway.ops;

import java.time.Duration;
import java.util.Optional;
import org.springframework.core.convert.ConversionException;
import org.springframework.core.env.Environment;

/**
 * Checks how long running requests may take when the gateway stops. Boot's time-out starts before our delay, not after
 * it.
 */
final class StopTimes {

    private static final String PHASE = "spring.lifecycle.timeout-per-shutdown-phase";
    private static final String DELAY = "identities.shutdown.pre-stop-delay";
    private static final Duration LEAST = Duration.ofSeconds(1);

    private StopTimes() {}

    /** @return a warning if requests would be aborted that could have been completed */
    static Optional<String> warning(Environment environment) {
        try {
            boolean inKubernetes = environment.containsProperty("KUBERNETES_SERVICE_HOST");
            Duration delay = environment.getProperty(
                    DELAY, Duration.class, inKubernetes ? Duration.ofSeconds(5) : Duration.ZERO);
            Duration phase = environment.getProperty(PHASE, Duration.class, Duration.ofSeconds(30));
            return phase.compareTo(delay) > 0 && phase.compareTo(LEAST) >= 0
                    ? Optional.empty()
                    : Optional.of(PHASE + ": found " + phase + " with " + DELAY + " " + delay
                            + ", so running requests are cut; expected a longer one, for example "
                            + delay.plusSeconds(30).toSeconds() + "s");
        } catch (ConversionException e) {
            return Optional.empty();
        }
    }
}
