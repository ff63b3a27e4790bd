package io.identities.gateway.audit;

import java.util.concurrent.TimeoutException;
import org.springframework.core.NestedExceptionUtils;

/** A failure as text for one log line. */
public final class FailureText {

    private FailureText() {}

    public static String of(Throwable failure) {
        return failure instanceof TimeoutException
                ? "no answer in time"
                : LogText.of(NestedExceptionUtils.getMostSpecificCause(failure).toString());
    }
}
