package io.identities.gateway.proxy;

import io.identities.gateway.http.ProblemCode;
import io.netty.handler.timeout.TimeoutException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;
import reactor.netty.http.client.PrematureCloseException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquirePendingLimitException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquireTimeoutException;

/** How a failed call of the backend reads on the wire. */
final class BackendFault {

    private static final int MAX_MESSAGE = 200;

    private BackendFault() {}

    /** No connection free in time: 503; too slow: 504; everything else that a backend can do wrong: 502. */
    static ProblemCode of(Throwable failure) {
        if (failure instanceof PoolAcquireTimeoutException || failure instanceof PoolAcquirePendingLimitException) {
            return ProblemCode.BACKEND_UNAVAILABLE;
        }
        if (failure instanceof RequestStalledException) {
            return ProblemCode.REQUEST_TIMEOUT;
        }
        if (failure instanceof TimeoutException || failure instanceof java.util.concurrent.TimeoutException) {
            return ProblemCode.BACKEND_TIMEOUT;
        }
        return ProblemCode.BACKEND_FAILED;
    }

    /** Whether this happened on the way to a server or back, and not in somebody's code. */
    static boolean isOfTheConnection(Throwable failure) {
        return failure instanceof IOException
                || failure instanceof TimeoutException
                || failure instanceof java.util.concurrent.TimeoutException
                || failure instanceof PoolAcquirePendingLimitException;
    }

    /** Whether a kept connection turned out to be dead before any answer: the one case in which trying again is right. */
    static boolean isDeadConnection(Throwable failure) {
        return failure instanceof PrematureCloseException
                || failure instanceof IOException
                        && !(failure instanceof ConnectException)
                        && !(failure instanceof UnknownHostException)
                        && !(failure instanceof SSLException);
    }

    /**
     * Fit for one log line. What went wrong with the connection is told in its own words; what a backend sent is not
     * quoted, because a broken one may send back a token.
     */
    static String describe(Throwable failure) {
        String name = failure.getClass().getSimpleName();
        if (!(failure instanceof IOException) && !(failure instanceof java.util.concurrent.TimeoutException)) {
            return name;
        }
        String message = String.valueOf(failure.getMessage());
        StringBuilder text = new StringBuilder(name).append(": ");
        message.chars().limit(MAX_MESSAGE).forEach(c -> text.append(c >= ' ' && c < 0x7f ? (char) c : '?'));
        return text.toString();
    }
}
